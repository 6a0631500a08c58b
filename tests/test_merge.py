"""What several records say of one message, in sum."""

from hypothesis import given
from hypothesis import strategies as st

from archiver.store.merge import View, difference, merge, merge_all


def view(**more: object) -> View:
    return {
        "kind": "text", "sender_id": None, "sent_at": 60_000, "tz_offset": 0, "precision": "minute", "assumed": None,
        "subject": None, "text": "ok", "html": None, "extra": None, "spans": None, "native_thread": None, "claim": None,
        "attachments": [], "labels": [], "references": [], "reactions": [], "reply_to": None, "home": None,
    } | more  # fmt: skip


def file(state: str, name: str = "a.jpg") -> View:
    return {"name": name, "media_type": None, "size": None, "sha256": None, "state": state}


def test_a_finer_time_wins_over_a_coarser_one_and_never_the_other_way_round() -> None:
    fine, coarse = view(sent_at=61_000, precision="second"), view()
    assert merge(coarse, fine)["sent_at"] == merge(fine, coarse)["sent_at"] == 61_000


def test_a_time_in_a_zone_that_was_told_wins_over_an_assumed_one() -> None:
    told, assumed = view(tz_offset=60), view(assumed="zone")
    assert merge(assumed, told)["tz_offset"] == merge(told, assumed)["tz_offset"] == 60


def test_any_time_is_better_than_none() -> None:
    undated = view(sent_at=None, tz_offset=None, precision=None)
    assert merge(undated, view())["sent_at"] == merge(view(), undated)["sent_at"] == 60_000


def test_a_file_wins_over_a_name_and_a_name_over_a_mention() -> None:
    mention, name, present = (view(attachments=[file(state)]) for state in ("omitted", "missing", "present"))
    assert merge_all([mention, name, present])["attachments"] == [file("present")]
    assert merge_all([present, name, mention])["attachments"] == [file("present")]


def test_where_the_numbers_of_files_differ_the_fuller_list_is_kept() -> None:
    one, two = view(attachments=[file("present")]), view(attachments=[file("omitted"), file("omitted")])
    assert merge(one, two)["attachments"] == merge(two, one)["attachments"] == two["attachments"]


def test_a_difference_names_only_what_differs() -> None:
    assert difference(view(text="OK"), view()) == {"text": "OK"}
    assert difference(view(), view()) == {}


def letter(home: str, claim: int, text: str = "ok", **more: object) -> View:
    return view(home=home, claim=claim, text=text, **more)


def test_a_letter_reads_as_where_it_is_claimed_most_in_whatever_order() -> None:
    listed, private = letter("list:garden", 3, "ok", subject="[garden] Tank"), letter("mailbox:ana", 0, "ok, longer")
    assert merge(listed, private) == merge(private, listed) == listed


def test_of_two_mailboxes_the_first_by_name_has_the_letter_and_labels_add_up() -> None:
    ana, bo = letter("mailbox:ana", 0, labels=["inbox"]), letter("mailbox:bo", 0, labels=["starred"])
    both = letter("mailbox:ana", 0, labels=["inbox", "starred"])
    assert merge(ana, bo) == merge(bo, ana) == both


def letters() -> st.SearchStrategy[View]:
    return st.builds(
        letter,
        st.sampled_from(["list:a", "list:b", "mailbox:ana"]),
        st.integers(0, 3),
        st.sampled_from(["ok", "okay", "yes!"]),
        subject=st.sampled_from(["Tank", "[garden] Tank", None]),
        html=st.sampled_from(["<p>ok", None]),
        labels=st.lists(st.sampled_from("abc"), unique=True).map(sorted),
        references=st.lists(st.sampled_from("xyz"), max_size=3),
    )


@given(
    st.lists(letters(), min_size=2, max_size=4).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told)))
)
def test_the_tellings_of_one_letter_add_up_in_any_order(told: tuple[list[View], list[View]]) -> None:
    assert merge_all(told[0]) == merge_all(told[1])

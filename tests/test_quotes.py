"""What a letter repeats of others is told from what its writer says; in doubt it is the writer's."""

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.knowledge.quotes import own, rest, spans
from archiver.model import Span, SpanKind

Part = tuple[SpanKind, str]

WROTE = "On Tue, May 11, 2004 at 9:14 PM, Ann Lee <ann@garden.example> wrote:\n"
MAILMAN = (
    "_______________________________________________\n"
    "Garden mailing list\n"
    "Garden at lists.garden.example\n"
    "https://lists.garden.example/mailman/listinfo/garden\n"
)


def cut(text: str, *, forwarded: bool = False) -> list[Part]:
    return [(kind, text[start:end]) for kind, start, end in spans(text, forwarded=forwarded)]


def quoted(text: str, pieces: Sequence[Span]) -> str:
    return "".join(text[start:end] for kind, start, end in pieces if kind == "quote")


def is_cut(*parts: Part) -> None:
    """The letter made of these parts is cut into them again."""
    assert cut("".join(text for _, text in parts)) == list(parts)


def is_own(text: str) -> None:
    assert spans(text) == ()
    assert own(text, ()) == text
    assert quoted(text, ()) == ""


# -- quotations


def test_a_letter_without_any_quotation_has_no_spans() -> None:
    is_own("Dear all,\n\nthe tank is full.\n\nAnn\n")
    is_own("")
    is_own("\n\n  \n")


def test_lines_that_begin_with_an_angle_bracket_are_quoted() -> None:
    is_cut(("own", "Yes.\n\n"), ("quote", "> Is the tank full?\n> > It was.\n>\n>> And now?\n"))


def test_the_attribution_directly_above_belongs_to_the_quotation() -> None:
    is_cut(("own", "Yes.\n\n"), ("attribution", WROTE), ("quote", "> Is the tank full?\n"))


def test_one_blank_line_or_two_may_stand_between_attribution_and_quotation() -> None:
    is_cut(("own", "Yes.\n\n"), ("attribution", WROTE + "\n\n"), ("quote", "> Is the tank full?\n"))
    is_cut(("own", "Yes.\n\n" + WROTE + "\n\n\n\n"), ("quote", "> Is the tank full?\n"))


def test_an_attribution_without_a_quotation_is_the_writers_own() -> None:
    is_own("Yes.\n\n" + WROTE + "\nIs the tank full?\n")


def test_answers_between_quotations_stay_own() -> None:
    is_cut(
        ("attribution", WROTE),
        ("quote", "> Is the tank full?\n\n"),
        ("own", "It is.\n\n"),
        ("quote", "> And the shed?\n"),
        ("own", "Locked:\n\n"),
        ("quote", "> Since when?\n"),
        ("own", "Since May.\n"),
    )


def test_a_letter_that_only_quotes_is_all_quotation() -> None:
    is_cut(("quote", "> Is the tank full?\n"))
    is_cut(("quote", "\n\n> Is the tank full?\n\n"))
    is_cut(("attribution", "\n" + WROTE), ("quote", "> Is the tank full?\n"))


def test_blank_lines_belong_to_the_piece_before_them() -> None:
    is_cut(("own", "Yes.\n\n\n"), ("quote", "> Full?\n\n \t\n> Really?\n\n\xa0\n"), ("own", "Really.\n"))


def test_a_few_blanks_may_stand_before_the_angle_bracket() -> None:
    is_cut(("own", "Yes.\n"), ("quote", " > Full?\n\xa0> Really?\n"))
    is_own("Like this:\n        > not quoted, drawn\n")


def test_lines_may_end_with_carriage_returns() -> None:
    is_cut(
        ("own", "Yes.\r\n\r\n"),
        ("attribution", WROTE.replace("\n", "\r\n")),
        ("quote", "> Full?\r\n\r\n> Really?\r\n\r\n"),
        ("own", "Really.\r\n"),
        ("signature", "-- \r\nBen\r\n"),
    )


def test_bars_quote_when_several_lines_have_them() -> None:
    is_cut(("own", "Yes.\n"), ("quote", "| Is the tank full?\n| | It was.\n|\n"), ("own", "It is.\n"))
    is_own("Yes.\n| Is the tank full?\nIt is.\n")


def test_tables_and_trees_are_not_quoted_by_bars() -> None:
    is_own("| roses | 12 |\n| beans | 40 |\n")
    is_own("garden\n|-- shed\n|   |-- keys\n|   `-- tools\n")
    is_own("garden\n|  - shed\n|  - tank\n")


def test_initials_quote_when_several_lines_have_the_same() -> None:
    is_cut(
        ("attribution", ">>>>> On Tue, 11 May 2004, Ann Lee said:\n"[5:] + "\n"),
        ("quote", "Ann> Is the tank full?\nAnn> And the shed?\n\n"),
        ("own", "It is.\n\n"),
        ("quote", " AL> And who has\n AL> the keys?\n"),
        ("own", "Ben.\n"),
    )


def test_what_looks_like_initials_may_be_something_else() -> None:
    is_own("Ann> Hello.\nBen> Hello, Ann.\nAnn> Is the tank full?\n")  # what was said in a chat
    is_own("mysql> select * from seeds;\nmysql> select * from beds;\n")
    is_own("Only one:\nAnn> Is the tank full?\n")


# -- attributions

ATTRIBUTIONS = [
    "On Tue, May 11, 2004 at 9:14 PM, Ann Lee <ann@garden.example> wrote:",
    "On Tue, 11 May 2004 21:14:05 +0200\nAnn Lee <ann@garden.example> wrote:",
    "On Tue, May 11, 2004 at 09:14:05PM +0200, Ann Lee wrote:",
    "On Tue, May 11, 2004 at 9:14 PM, Ann Lee\n<ann@garden.example> wrote:",
    "On Tuesday, 11 May 2004 at 9:14 PM,\nAnn Lee from the Garden Club\n<ann@garden.example> wrote:",
    "Ann Lee wrote:",
    "Ann Lee <ann@garden.example> writes:",
    "At 21:14 11/05/2004 +0200, you wrote:",
    "--- Ann Lee <ann@garden.example> wrote:",
    "Quoting Ann Lee <ann@garden.example>:",
    "Thus spake Ann Lee (ann@garden.example):",
    "Ann Lee <ann@garden.example> schrieb am Di., 11.\nMai 2004, 21:14:",
    "* Ann Lee <ann@garden.example> [2004-05-11 21:14]:",
    "In article <abc$1@news.garden.example>, Ann Lee wrote:",
    '"Ann Lee" <ann@garden.example> wrote in message\nnews:abc$1@news.garden.example...',
    "Ann Lee <ann at garden.example> wrote:",
    "Am Di., 11. Mai 2004 um 21:14 Uhr schrieb Ann Lee <ann@garden.example>:",
    "Am 11.05.2004 um 21:14 schrieb Ann Lee:",
    "Zitat von Ann Lee <ann@garden.example>:",
    "Le mar. 11 mai 2004 à 21:14, Ann Lee <ann@garden.example> a écrit :",
    "Le 11/05/2004 21:14, Ann Lee a écrit\xa0:",
    "El mar, 11 de may. de 2004 a la(s) 21:14, Ann Lee (<ann@garden.example>) escribió:",
    "Em ter., 11 de mai. de 2004 às 21:14, Ann Lee <ann@garden.example> escreveu:",
    "Il giorno mar 11 mag 2004 alle ore 21:14 Ann Lee <ann@garden.example>\nha scritto:",
    "Op di 11 mei 2004 om 21:14 schreef Ann Lee <ann@garden.example>:",
    "Den tis 11 maj 2004 kl 21:14 skrev Ann Lee <ann@garden.example>:",
    "tir. 11. mai 2004 kl. 21:14 skrev Ann Lee <ann@garden.example>:",
    "ti 11. toukok. 2004 klo 21.14 Ann Lee (ann@garden.example) kirjoitti:",
    "W dniu wt., 11.05.2004 o 21:14 Ann Lee <ann@garden.example> napisał(a):",
    "út 11. 5. 2004 v 21:14 odesílatel Ann Lee <ann@garden.example> napsal:",
    "Ann Lee <ann@garden.example> ezt írta (időpont: 2004. máj. 11., K, 21:14):",
    "În mar., 11 mai 2004 la 21:14, Ann Lee <ann@garden.example> a scris:",
    "Ann Lee <ann@garden.example>, 11 May 2004 Sal, 21:14 tarihinde şunu yazdı:",
    "вт, 11 мая 2004 г. в 21:14, Ann Lee <ann@garden.example>:",
    "11.05.2004 21:14, Ann Lee пишет:",
    "вт, 11 трав. 2004 р. о 21:14 Ann Lee <ann@garden.example> пише:",
    "Στις Τρί, 11 Μαΐ 2004 στις 9:14 μ.μ., ο χρήστης Ann Lee <ann@garden.example>\nέγραψε:",
    "Vào Th 3, 11 thg 5, 2004 vào lúc 21:14 Ann Lee <ann@garden.example> đã viết:",
    "Pada tanggal Sel, 11 Mei 2004 pukul 21.14 Ann Lee <ann@garden.example> menulis:",
    "在 2004年5月11日 下午9:14，Ann Lee <ann@garden.example> 写道：",
    "Ann Lee <ann@garden.example> 於 2004年5月11日 週二\n下午9:14寫道：",
    "2004年5月11日(火) 21:14 Ann Lee <ann@garden.example>:",
    "2004년 5월 11일 (화) 오후 9:14, Ann Lee <ann@garden.example>님이 작성:",
    "في الثلاثاء، ١١ مايو ٢٠٠٤ في ٩:١٤ م كتب Ann Lee <ann@garden.example>:",
    "في ١١ مايو ٢٠٠٤ كتب Ann Lee:\u200f",
    "\u202bבתאריך יום ג׳, 11 במאי 2004 ב-21:14 מאת \u202aAnn\u202c\u200f <\u202aann@garden.example\u202c\u200f>:\u202c",
    "Missatge de Ann Lee <ann@garden.example> del dia dt., 11 de maig 2004 a les 21:14:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_attributions_are_known_in_many_languages_over_up_to_three_lines(attribution: str) -> None:
    is_cut(("own", "It is.\nBen\n\n"), ("attribution", attribution + "\n"), ("quote", "> Full?\n"))
    is_cut(("attribution", attribution + "\n\n"), ("quote", "> Full?\n"), ("own", "It is.\n"))
    is_cut(("own", "It is.\n"), ("attribution", attribution + "\n"), ("quote", "> Full?\n"))


@pytest.mark.parametrize(
    "line",
    [
        "I have a question about this:",
        "I disagree with point 3, for the year 2004 was dry:",
        "Ann wrote a nice report on compost last year. Here is what I think of this part:",
        "As she wrote in the minutes of the meeting in May 2004, we all wanted something else:",
        "Please send the seeds to ann@garden.example by 12 May 2004, for:",
        "Well",
    ],
)
def test_a_sentence_above_a_quotation_is_not_its_attribution(line: str) -> None:
    is_cut(("own", line + "\n"), ("quote", "> Full?\n"))


def test_only_the_lines_of_the_attribution_itself_are_taken() -> None:
    is_cut(("own", "We meet on 5 May\n"), ("attribution", "Ann wrote:\n"), ("quote", "> Full?\n"))
    is_cut(("own", "On 11.05.2004 we met.\n"), ("attribution", "Ann wrote:\n"), ("quote", "> Full?\n"))
    is_cut(("own", "On the other hand,\n"), ("attribution", "Ann wrote:\n"), ("quote", "> Full?\n"))


# -- whole letters below a head

HEAD = "From: Ann Lee <ann@garden.example>\nSent: Tuesday, 11 May 2004 21:14\nTo: Ben Okoro\nSubject: Tank\n\n"
HEADS = [
    "-----Original Message-----\n" + HEAD,
    "----- Original Message -----\nFrom: Ann Lee\n\n",
    "----- Original Message ----\n" + HEAD,
    "-----Original Message-----\n\n",
    "---- On Tue, 11 May 2004 21:14:05 +0200 ann@garden.example wrote ----\n\n",
    "________________________________\n" + HEAD,
    "________________________________\n From: Ann Lee <ann@garden.example>\nTo: Ben\nSent: Tuesday\nSubject: Tank\n \n",
    HEAD,
    HEAD.replace("From: Ann Lee <", "From: Ann Lee\n<"),
    "**From:** Ann Lee **On Behalf Of** Cleo\n**Sent:** Tuesday\n**To:** Ben\n**Subject:** Tank\n\n",
    "*From:* Ann Lee\n*Sent:* Tuesday\n*To:* Ben\n*Cc:* Cleo; Dan\n*Subject:* Tank\n\n",
    "-----Ursprüngliche Nachricht-----\nVon: Ann Lee\nAn: Ben\nBetreff: Tank\nDatum: 11.05.2004 21:14\n\n",
    "Von: Ann Lee [mailto:ann@garden.example]\nGesendet: Dienstag, 11. Mai 2004\nAn: Ben\nBetreff: Tank\n\n",
    "-------- Original-Nachricht --------\nDatum: Tue, 11 May 2004\nVon: Ann\nAn: Ben\nBetreff: Tank\n\n",
    "-----Message d'origine-----\nDe : Ann\nEnvoyé : mardi 11 mai 2004\nÀ : Ben\nObjet : Réservoir\n\n",
    "De\xa0: Ann\nEnvoyé\xa0: mardi 11 mai 2004\nÀ\xa0: Ben\nObjet\xa0: Réservoir\n\n",
    "-----Mensaje original-----\nDe: Ann\nEnviado el: martes\nPara: Ben\nAsunto: Tanque\n\n",
    "De: Ann\nEnviada em: terça-feira\nData: 11 de maio\nPara: Ben\nAssunto: Tanque\n\n",
    "Da: Ann\nInviato: martedì\nA: Ben\nOggetto: Serbatoio\n\n",
    "Van: Ann\nVerzonden: dinsdag\nAan: Ben\nOnderwerp: Tank\n\n",
    "Från: Ann\nSkickat: tisdag\nTill: Ben\nÄmne: Tank\n\n",
    "Fra: Ann\nSendt: tirsdag\nTil: Ben\nEmne: Tank\n\n",
    "Od: Ann\nWysłano: wtorek\nDo: Ben\nTemat: Zbiornik\n\n",
    "От: Ann\nОтправлено: вторник\nКому: Ben\nТема: Бак\n\n",
    "------------------ 原始邮件 ------------------\n发件人: Ann\n发送时间: 2004年5月11日\n收件人: Ben\n主题: 水箱\n\n",
    "差出人: Ann\n送信日時: 2004年5月11日\n宛先: Ben\n件名: タンク\n\n",
    "보낸 사람: Ann\n보낸 날짜: 2004년 5월 11일\n받는 사람: Ben\n제목: 탱크\n\n",
]


@pytest.mark.parametrize("head", HEADS)
def test_all_that_follows_the_head_of_a_repeated_letter_is_quoted(head: str) -> None:
    is_cut(
        ("own", "It is.\n\nBen\n\n"),
        ("attribution", head),
        ("quote", "Full?\n\nAnn\n\n-- \nAnn Lee\n\n> Who knows?\n\nCleo\n"),
    )


def test_a_list_footer_below_a_repeated_letter_is_a_footer() -> None:
    is_cut(("own", "It is.\n\n"), ("attribution", HEADS[0]), ("quote", "Full?\n\n"), ("footer", MAILMAN))


def test_below_a_head_that_is_followed_by_quoted_lines_answers_are_own() -> None:
    is_cut(
        ("attribution", "----- Original Message -----\nFrom: Ann Lee\nTo: Ben\n\n"),
        ("quote", "> Full?\n\n"),
        ("own", "It is.\n"),
    )


def test_a_head_with_less_than_four_lines_of_a_letter_is_the_writers_own() -> None:
    is_own("From: the shed\nTo: the tank\n\nis ten metres.\n")
    is_own("Copy this:\n\nFrom: Ann\nDate: 5 May\nSubject: Tank\n\nDear all, ...\n")
    is_cut(("own", "It is.\n...\n"), ("footer", MAILMAN))
    is_own("________________________________\nAnn Lee\n")
    is_own("--- what Ann wrote in 2004 ---\n\nThe tank is full.\n")


def test_a_forwarded_letter_is_content() -> None:
    for head in (
        "---------- Forwarded message ---------\n",
        "-------- Weitergeleitete Nachricht --------\n",
        "Begin forwarded message:\n\n",
        "Début du message réexpédié :\n\n",
    ):
        is_own(f"Look at this.\n\n{head}{HEAD}Full?\n\nAnn\n")


def test_a_letter_repeated_inside_a_forwarded_one_was_passed_on_with_it() -> None:
    is_own(f"---------- Forwarded message ---------\n{HEAD}It is.\n\n{HEADS[0]}Full?\n")


def test_what_is_quoted_inside_a_forwarded_letter_is_quoted() -> None:
    is_cut(
        ("own", f"---------- Forwarded message ---------\n{HEAD}It is.\n\n"),
        ("attribution", WROTE),
        ("quote", "> Full?\n"),
    )


def test_apple_marks_a_forwarded_letter_like_a_quotation_and_it_is_content_all_the_same() -> None:
    is_own("Look at this.\n\nBegin forwarded message:\n\n> From: Ann Lee\n> Subject: Tank\n>\n> Full?\n\nBen\n")
    is_cut(
        ("own", "Anfang der weitergeleiteten Nachricht:\n\n> Von: Ann\n>\n> Full?\n\nI think:\n"),
        ("quote", "> Full?\n"),
        ("own", "Yes.\n"),
    )


def test_thunderbird_forwards_under_the_words_original_message_with_the_subject_first() -> None:
    head = "-------- Original Message --------\nSubject: Tank\nDate: Tue, 11 May 2004\nFrom: Ann\nTo: Ben\n\n"
    is_own(f"Look at this.\n\n{head}Full?\n")


def test_a_subject_that_says_forwarded_makes_outlooks_repeated_letter_content() -> None:
    letter = f"Look at this.\n\n{HEADS[0]}Full?\n"
    assert cut(letter, forwarded=True) == []
    assert [kind for kind, _ in cut(letter)] == ["own", "attribution", "quote"]


# -- signatures


def test_what_follows_dash_dash_space_is_a_signature() -> None:
    is_cut(("own", "It is.\n\n"), ("signature", "-- \nBen Okoro\nGarden Club\n"))
    is_cut(("own", "It is.\n\n"), ("signature", "--\nBen Okoro\n"))


def test_a_signature_ends_where_a_footer_or_a_quotation_begins() -> None:
    is_cut(("own", "It is.\n"), ("signature", "-- \nBen\n\n"), ("footer", MAILMAN))
    is_cut(("own", "It is.\n"), ("signature", "--\nBen\n\n"), ("attribution", WROTE), ("quote", "> Full?\n"))
    is_cut(("own", "It is.\n"), ("signature", "-- \nBen\n\n"), ("quote", "> Full?\n"), ("own", "It was.\n"))
    is_cut(("own", "It is.\n"), ("signature", "--\nBen\n\n"), ("attribution", HEADS[0]), ("quote", "Full?\n"))


def test_more_than_twenty_lines_are_no_signature() -> None:
    verses = "".join(f"verse {i}\n" for i in range(1, 21))
    is_cut(("own", "A poem.\n"), ("signature", "-- \n" + verses[: verses.index("verse 20")]))
    is_own("A poem.\n-- \n" + verses + "verse 21\n")


def test_dashes_without_their_space_are_believed_only_at_the_end() -> None:
    is_cut(("own", "one\n--\ntwo\n"), ("quote", "> Full?\n"), ("own", "Yes.\n"))


def test_the_first_of_two_delimiters_counts_but_git_signs_with_the_last() -> None:
    is_cut(("own", "It is.\n"), ("signature", "-- \nBen\n-- \nPlant trees.\n"))
    patch = "--- a/list\n+++ b/list\n@@ -1,2 +1 @@\n-- \n roses\n"
    is_cut(("own", patch), ("signature", "-- \n2.25.1\n\n"))


def test_a_signature_before_a_scrubbed_attachment_ends_there() -> None:
    scrubbed = "-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <http://a.example>\n"
    is_cut(("own", "It is.\n"), ("signature", "-- \nBen\n"), ("own", scrubbed))


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Mail for Windows 10",
        "Sent from Yahoo Mail on Android",
        "Get Outlook for Android<https://aka.ms/ghei36>",
        "Gesendet von meinem iPhone",
        "Von meinem iPhone gesendet",
        "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.",
        "Outlook für iOS herunterladen",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPad",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "iPhone'umdan gönderildi",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "Στάλθηκε από το iPhone μου",
        "发自我的 iPhone",
        "從我的 iPhone 傳送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "أُرسلت من الـ iPhone",
        "נשלח מה-iPhone שלי",
        "Đã gửi từ iPhone của tôi",
    ],
)
def test_a_telephones_last_line_is_a_signature(line: str) -> None:
    is_cut(("own", "It is.\n\n"), ("signature", line + "\n"))
    is_cut(("own", "It is.\n\n"), ("signature", line + "\n\n"), ("attribution", WROTE), ("quote", "> Full?\n"))


@pytest.mark.parametrize(
    "line",
    [
        "I sent it from my iPhone yesterday.",
        "Sent from the garden with love",
        "Von meinem iPad aus kann ich das nicht öffnen.",
        "Die Liste habe ich per Mail gesendet",
    ],
)
def test_a_last_line_about_telephones_is_the_writers_own(line: str) -> None:
    is_own(f"It is.\n\n{line}\n")
    is_own("It is.\n\nSent from my iPhone\n\nBut the tank is not.\n")


# -- disclaimers

DISCLAIMERS = [
    (
        "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the "
        "intended recipient, please notify the sender and delete it.\n"
    ),
    (
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail\n"
        "irrtümlich erhalten haben, informieren Sie bitte den Absender und vernichten Sie diese Mail.\n"
    ),
    (
        "Ce message est confidentiel. Si vous n'êtes pas le destinataire ou l'avez reçu par erreur, merci de le\n"
        "détruire et d'en avertir immédiatement l'expéditeur par retour de courrier.\n"
    ),
    (
        "Este mensaje es confidencial y se dirige exclusivamente a su destinatario. Si lo ha recibido por error, le\n"
        "rogamos que nos lo comunique y proceda a su destrucción.\n"
    ),
    "Это сообщение конфиденциально и предназначено только для адресата. Если вы его получили ошибочно, удалите его.\n",
    "本邮件含有保密信息，仅供收件人使用。如果您误收此邮件，请立即通知发件人并删除该邮件及其所有附件，谢谢您的合作。\n",
]


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_a_disclaimer_that_closes_a_letter_is_none_of_its_words(disclaimer: str) -> None:
    is_cut(("own", "It is.\n\nBen\n\n"), ("disclaimer", disclaimer))
    is_cut(("own", "It is.\n\n"), ("disclaimer", "*****\n\n" + disclaimer + "\n*****\n"))
    is_cut(("own", "It is.\r\n\r\n"), ("disclaimer", disclaimer.replace("\n", "\r\n") + "\r\n"))
    is_cut(("own", "It is.\n"), ("signature", "-- \nBen\n\n"), ("disclaimer", disclaimer + "\n"), ("footer", MAILMAN))
    is_cut(("own", "It is.\n\n"), ("disclaimer", disclaimer + "\n"), ("attribution", WROTE), ("quote", "> Full?\n"))


def test_a_disclaimer_may_have_a_heading_a_second_paragraph_and_a_second_language() -> None:
    heading = "CONFIDENTIALITY NOTICE\n\n"
    more = "\nIf you have received this message in error, please notify the sender and delete it from your system.\n"
    is_cut(("own", "It is.\n\n"), ("disclaimer", heading + DISCLAIMERS[0] + "\n" + DISCLAIMERS[2] + more))


def test_words_about_secrets_are_the_writers_own() -> None:
    is_own("Dear Ann,\n\nplease keep this confidential.\n\nBen\n")
    is_own(
        "Dear Ann,\n\n" + "the plan for the shed is confidential, for some members may not like it at all. " * 3 + "\n"
    )
    is_own(DISCLAIMERS[0])  # all there is
    is_own("It is.\n\n" + DISCLAIMERS[0] + "\nWhat do you say to that text? Should we have it on our letters?\n")


# -- footers of lists

FOOTERS = [
    MAILMAN,
    (
        "_______________________________________________\n"
        "garden mailing list -- garden@lists.garden.example\n"
        "To unsubscribe send an email to garden-leave@lists.garden.example\n"
    ),
    (
        '-- \nYou received this message because you are subscribed to the Google Groups "Garden" group.\n'
        "To unsubscribe from this group and stop receiving emails from it, send an email to\n"
        "garden+unsubscribe@groups.example.\n"
        "To view this discussion visit https://groups.example/d/msgid/garden/abc%40mail.example.\n"
    ),
    (
        "--~--~---------~--~----~------------~-------~--~----~\n"
        'You received this message because you are subscribed to the Google Groups "Garden" group.\n'
        "To post to this group, send email to garden@groups.example\n"
        "-~----------~----~----~----~------~----~------~--~---\n"
    ),
    (
        "-- \nSie erhalten diese Nachricht, weil Sie in Google Groups E-Mails von der Gruppe „Garten“ abonnieren.\n"
        "Besuchen Sie https://groups.example/garten\n"
    ),
    (
        "-- \nVous recevez ce message, car vous êtes abonné au groupe Google Groupes « Jardin ».\n"
        "Pour vous désabonner, envoyez un e-mail à jardin+unsubscribe@groups.example.\n"
    ),
    (
        "------------------------ Yahoo! Groups Sponsor ---------------------~-->\nSeeds for all\n"
        "http://ads.example/1\n---------------------------------------------------------------------~->\n\n"
        "To unsubscribe from this group, send an email to:\ngarden-unsubscribe@groups.example\n\n"
        "Your use of Yahoo! Groups is subject to http://docs.example/info/terms/\n"
    ),
    (
        '-\nTo unsubscribe from this list: send the line "unsubscribe garden" in\n'
        "the body of a message to majordomo@lists.example\n"
        "More majordomo info at  http://lists.example/majordomo-info.html\n"
    ),
    (
        "-- \nTo UNSUBSCRIBE, email to garden-REQUEST@lists.example\n"
        'with a subject of "unsubscribe". Trouble? Contact listmaster@lists.example\n'
    ),
    (
        "---------------------------------------------------------------------\n"
        "To unsubscribe, e-mail: garden-unsubscribe@lists.example\n"
        "For additional commands, e-mail: garden-help@lists.example\n"
    ),
    (
        "-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\n"
        "View/Reply Online (#12): https://groups.example/g/garden/message/12\n-=-=-=-=-=-=-=-=-=-=-=-\n"
    ),
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_lists_footer_is_marked_with_its_rule(footer: str) -> None:
    is_cut(("own", "It is.\n\nBen\n\n"), ("footer", footer))
    is_cut(("own", "It is.\n\n"), ("signature", "-- \nBen\n\n"), ("footer", footer + "\n\n"))
    is_cut(("quote", "> Full?\n\n"), ("footer", footer))
    is_cut(("footer", "\n" + footer))


def test_two_footers_are_one() -> None:
    is_cut(("own", "It is.\n\n"), ("footer", FOOTERS[2] + "\n\n" + MAILMAN))


def test_a_footer_that_is_quoted_is_quoted() -> None:
    text = "".join(f"> {line}\n" for line in MAILMAN.splitlines())
    is_cut(("own", "It is.\n\n"), ("attribution", WROTE), ("quote", "> Full?\n" + text))


def test_words_about_unsubscribing_are_the_writers_own() -> None:
    is_own("To unsubscribe is easy, just tell Ben at the shed.\n")
    is_own("To unsubscribe see http://garden.example/off\n" + "\nand this is what I think\n" * 15)
    is_cut(("own", "It is.\n...\n"), ("footer", MAILMAN))
    is_own("__________________________________________\n\nAnn Lee\n")


# -- always


WORDS = [
    "tank", "the", "water", "wrote:", "On", "11.05.2004", "21:14", ">", "> ", ">>", "|", "| ", "Ann>", "-- ", "--",
    "\n",
    "\n\n", "\r\n", "_" * 32, "From: Ann", "To: Ben", "Sent: May", "Subject: Tank", "-----Original Message-----", " ",
    "---------- Forwarded message ---------", "Begin forwarded message:", "Sent from my iPhone", "<ann@garden.example>",
    "confidential", "intended recipient", "delete", "To unsubscribe", "http://garden.example", "写道：", "\u200f",
    "\xa0", "\x0b", "\u2028",
]  # fmt: skip


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=60).map("".join)), st.booleans())
@settings(max_examples=600)
def test_spans_cover_the_text_in_order_without_gaps(text: str, forwarded: bool) -> None:
    found = spans(text, forwarded=forwarded)
    if not found:
        return
    assert [span.start for span in found] == [0, *(span.end for span in found[:-1])]
    assert found[-1].end == len(text)
    assert all(span.start < span.end for span in found)
    assert all(one.kind != other.kind for one, other in itertools.pairwise(found))
    assert len(found) > 1 or found[0].kind != "own"
    assert "".join(text[start:end] for _, start, end in found) == text


LINES = st.lists(st.sampled_from(["the tank is full", "and the shed?", "", "roses, beans", "at nine"]), max_size=12)


@given(LINES, LINES)
def test_what_is_own_stays_own_when_a_quotation_is_added(mine: Sequence[str], theirs: Sequence[str]) -> None:
    text = "".join(line + "\n" for line in ["Dear Ann,", *mine])
    quotation = "".join(f"> {line}\n" for line in ["Dear Ben,", *theirs])
    longer = text + WROTE + quotation
    assert own(longer, spans(longer)) == text
    assert quoted(longer, spans(longer)) == quotation


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=8))
def test_own_and_quoted_lines_are_told_apart_however_they_alternate(
    turns: Sequence[tuple[list[str], list[str]]],
) -> None:
    blocks = [(["Yes.", *mine], ["Full?", *theirs]) for mine, theirs in turns]
    text = "".join("".join(f"{a}\n" for a in mine) + "".join(f"> {b}\n" for b in theirs) for mine, theirs in blocks)
    assert own(text, spans(text)) == "".join(f"{a}\n" for mine, _ in blocks for a in mine)


# Sizes at which anything that is not linear takes minutes.
HOSTILE = {
    "24 KB of On a b": "On a b " * 3_500,
    "On a b, line by line, then a quotation": "On 1.1.2004 a b\n" * 30_000 + "wrote:\n> Full?\n",
    "one line of 10 MB": "a" * 10_000_000,
    "one quoted line of 10 MB": ">" * 10_000_000,
    "10 MB of blanks": " " * 10_000_000,
    "10 MB of underscores": "_" * 10_000_000,
    "10 MB of dashes": "-" * 10_000_000,
    "10 MB of bars": "| " * 5_000_000,
    "200,000 quoted lines": ">\n" * 200_000,
    "200,000 blank lines": "\n" * 200_000,
    "blank lines that are long": ">\n" + (" " * 1_000 + "\n") * 5_000 + "x",
    "turns": "> a\nb\n" * 50_000,
    "turns with attributions": "> a\nOn 11.05.2004 b wrote:\n" * 30_000,
    "delimiters": "-- \na\n" * 100_000,
    "heads": "From: a\nTo: b\nSubject: c\n" * 20_000,
    "dividers": "-----Original Message-----\n> a\nb\n" * 20_000,
    "forwards": "-------- Forwarded Message --------\n> a\n" * 20_000,
    "rules": ("_" * 40 + "\n") * 30_000,
    "bars": "| a\n" * 100_000 + "| a | b\n",
    "names": "Ann> a\n" * 100_000 + "Ben> a\n" * 3,
    "disclaimers": "a\n\n" + "confidential intended recipient delete\n\n" * 50_000,
    "footers": "To unsubscribe a\n" * 50_000,
    "scrubbed": "a\n\nconfidential delete\n-------------- next part --------------\n" * 20_000,
    "brackets": "<" * 1_000_000 + ":\n> a",
    "accents": "a" + "\u0301\u0316" * 500_000 + ":\n> a\n\n" + "\u0301\u0316" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_hostile_is_read_in_linear_time(text: str) -> None:
    found = spans(text)
    assert not found or found[-1].end == len(text)
    assert len(own(text, found)) + len(rest(text, found)) == len(text)


def test_a_long_letter_is_read_like_a_short_one() -> None:
    draw = random.Random(5)
    text = "".join(draw.choice(["> the tank\n", "the shed\n", "\n"]) for _ in range(50_000))
    lines = text.splitlines(keepends=True)
    kept = own(text, spans(text)).splitlines()
    assert [line for line in kept if line] == [line.rstrip() for line in lines if line == "the shed\n"]

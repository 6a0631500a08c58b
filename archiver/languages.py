"""What languages look like in writing: their names, their commonest small words, and their letters.

A message is taken for one in a language when it has one of its small words, or letters that are its own alone. That
is a guess: it needs no model and knows most sentences, but not “ok”. No word is in two languages of the table, accents
left out, nor common in another.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """*code*: ISO 639-1; *names*: in English first, and as its speakers call it.

    *words*: of which most of its sentences have one, and few of any other language; *letters*: ranges (``ა-ჰ``) of
    which one letter is enough to tell; *stemmer*: its algorithm in snowballstemmer, "" for none.
    """

    code: str
    names: tuple[str, ...]
    words: str = ""
    letters: str = ""
    stemmer: str = ""


LANGUAGES = (
    Language("en", ("english",), "the and you this that with what they your there would from", "", "english"),
    Language("de", ("german", "deutsch"), "und nicht ich ist ein auch wir für auf noch aber wenn", "", "german"),
    Language("fr", ("french", "français"), "est une dans pour vous avec nous mais très merci", "", "french"),
    Language("es", ("spanish", "español"), "el pero muy también gracias mucho bueno hasta estoy", "", "spanish"),
    Language("pt", ("portuguese", "português"), "não você uma são muito obrigado também isso foi", "", "portuguese"),
    Language("it", ("italian", "italiano"), "che sono anche della gli così grazie perché questo", "", "italian"),
    Language("nl", ("dutch", "nederlands"), "het een niet dat zijn maar ook voor wij naar heb deze", "", "dutch"),
    Language("sv", ("swedish", "svenska"), "och inte jag att också mycket från hur skulle tack", "", "swedish"),
    Language("da", ("danish", "dansk"), "af meget hvad noget nogen uge lige", "", "danish"),
    Language("no", ("norwegian", "norsk"), "hva mye noe noen uke nå etter", "", "norwegian"),
    Language("fi", ("finnish", "suomi"), "että mutta minä niin myös nyt mitä olen sitten kiitos", "", "finnish"),
    Language("pl", ("polish", "polski"), "jest czy już mnie tylko jestem bardzo dziękuję będzie", "", "polish"),
    Language("cs", ("czech", "čeština"), "není jsem už když jsou bude protože jsme taky nebo", "", "czech"),
    Language("tr", ("turkish", "türkçe"), "bir bu için değil çok daha gibi kadar evet şimdi", "", "turkish"),
    Language("hu", ("hungarian", "magyar"), "hogy egy csak vagyok lesz akkor nagyon köszönöm", "", "hungarian"),
    Language("ro", ("romanian", "română"), "sunt pentru foarte acum asta vreau trebuie după", "", "romanian"),
    Language("id", ("indonesian", "bahasa"), "yang tidak itu ini dengan untuk saya bisa juga sudah", "", "indonesian"),
    Language("vi", ("vietnamese", "tiếng việt"), "không của những được người nhiều"),
    Language("ru", ("russian", "русский"), "и что это как он мы если было уже только", "", "russian"),
    Language("uk", ("ukrainian", "українська"), "що це як але він якщо було вже тільки є"),
    Language("el", ("greek", "ελληνικά"), "και το να δεν είναι με για που θα από τη του την", "", "greek"),
    Language("ar", ("arabic", "العربية"), "في من على ان لا هذا الى ما مع هل عن كان", "", "arabic"),
    Language("fa", ("persian", "farsi", "فارسی"), "را که این است از به می های برای", "", "persian"),
    Language("he", ("hebrew", "עברית"), "של לא על זה את אני הוא גם כל אבל מה"),
    Language("hi", ("hindi", "हिन्दी"), "है की के में का और से को नहीं यह", "", "hindi"),
    Language("zh", ("chinese", "中文"), "这 這 们 們 没 沒 吗 嗎 你 吧 呢 说 說 还 還 为 為"),
    Language("ja", ("japanese", "日本語"), letters="ぁ-ゖァ-ヺ"),
    Language("ko", ("korean", "한국어"), letters="가-힣"),
    Language("th", ("thai", "ไทย"), letters="ก-ฮ"),
    Language("lo", ("lao", "ລາວ"), letters="ກ-ຮ"),
    Language("my", ("burmese", "myanmar", "မြန်မာ"), letters="က-ဪ"),
    Language("km", ("khmer", "ខ្មែរ"), letters="ក-អ"),
    Language("ka", ("georgian", "ქართული"), letters="ა-ჰ"),
    Language("hy", ("armenian", "հայերեն"), letters="ա-և", stemmer="armenian"),
)


def language(name: str) -> Language | None:
    """The language with this code or name, in whatever case (``pt-BR`` is Portuguese), or None."""
    wanted = name.casefold().strip()
    return _BY_NAME.get(wanted) or _BY_NAME.get(wanted.replace("_", "-").partition("-")[0])


def alphabet(letters: str) -> Iterator[str]:
    """Every letter of ranges such as ``a-zä-ü``."""
    for at in range(0, len(letters), 3):
        yield from map(chr, range(ord(letters[at]), ord(letters[at + 2]) + 1))


def codes() -> Iterator[str]:
    """Every code."""
    return (one.code for one in LANGUAGES)


_BY_NAME = {name: one for one in LANGUAGES for name in (one.code, *one.names)}

"""What mail programs write of themselves, in the languages they speak. A language is data: add a row, not an ``if``.

Alternatives are parted by ``|``. All is compared folded (text.fold), so case, width and spaces do not matter; accents
do. Words gathered from the programs' own reply and forward templates (Gmail, Outlook, Apple Mail, Thunderbird, Yahoo,
GMX, Horde, mutt) as they stand in mail.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from archiver.text import fold

# Before the colon of a subject. What one language answers with, no other must forward with: the first table wins.
REPLY = {
    "en": "re",
    "de": "aw|antw|antwort",
    "da|no|sv|is": "sv|svar",
    "fi|et": "vs|vst",
    "nl": "antw|antwoord|betr",
    "fr": "ré|rép|rep|réponse|réf",
    "es": "resp|respuesta",
    "pt": "res|resposta",
    "it": "r|rif|risp",
    "pl|cs|sk|hr|sl": "odp|odpowiedź",
    "hu": "vá|válasz",
    "ro": "răspuns|raspuns",
    "tr": "ynt|cvp",
    "el": "απ|απαντ|σχετ|ρε",
    "ru|uk|bg": "на|отв|ответ|відп|отг|ре",
    "lt|lv": "ats|atb",
    "cy": "atb",
    "he": "השב|תשובה|תגובה",
    "ar|fa": "رد|پاسخ",
    "zh": "回复|回覆|回應|回应|答复|答覆",
    "ja": "返信|返",
    "ko": "회신|답장",
    "vi": "trả lời",
    "id|ms": "bls|balas",
}
FORWARD = {
    "en": "fwd|fw|forward|forwarded",
    "de": "wg|weitergeleitet|wtr",
    "da|no|sv|is": "vs|vb|ang",
    "fi|et": "vl|edast",
    "nl": "doorst|dst",
    "fr": "tr|tra|transf",
    "es": "rv|reenv|reenviado",
    "pt": "enc|encam|encaminhado",
    "it": "i|inolt",
    "pl|cs|sk|hr|sl": "pd|przekazanie|přep|proslijeđeno",
    "hu": "továbbítás|tov",
    "ro": "redirecționat",
    "tr": "ilt|ılt|i̇lt",
    "el": "πρθ|πρωθ",
    "ru|uk|bg": "пер|пересл|пересылка|перес|препр",
    "lt|lv": "pārs",
    "he": "הועבר|העברה",
    "ar|fa": "إعادة توجيه|ارسال",
    "zh": "转发|轉寄|轉發|转寄",
    "ja": "転送",
    "ko": "전달",
    "vi": "chuyển tiếp",
    "id|ms": "trs|terusan",
}
# Base subjects so common that two mails which share one need have nothing to do with each other.
GENERIC = {
    "en": "hi|hello|hey|test|testing|no subject|(no subject)|none|help|question|questions|thanks|thank you|update|"
    "news|"
    "reminder|info|information|important|urgent|subscribe|unsubscribe|message|meeting|newsletter|untitled|your mail",
    "de": "hallo|kein betreff|(kein betreff)|ohne betreff|frage|fragen|danke|ihre nachricht|anfrage|deine mail|"
    "ihre mail",
    "fr": "bonjour|salut|sans objet|(sans objet)|question|merci|pas de sujet",
    "es": "hola|sin asunto|(sin asunto)|consulta|pregunta|gracias|saludos",
    "pt": "olá|ola|oi|sem assunto|(sem assunto)|dúvida|obrigado|obrigada",
    "it": "ciao|nessun oggetto|(nessun oggetto)|senza oggetto|domanda|grazie",
    "nl": "hallo|hoi|geen onderwerp|(geen onderwerp)|vraag|bedankt",
    "sv|da|no": "hej|hei|inget ämne|(inget ämne)|intet emne|(intet emne)|fråga|spørgsmål|tack|takk|tak",
    "pl": "cześć|witam|brak tematu|(brak tematu)|pytanie",
    "ru": "привет|без темы|(без темы)|вопрос|спасибо|тест",
    "zh|ja|ko": "你好|无主题|(无主题)|無主旨|(無主旨)|件名なし|(件名なし)|제목 없음|(제목 없음)|안녕하세요",
    "tr|ar": "merhaba|konu yok|(konu yok)|مرحبا|بلا موضوع|(بلا موضوع)",
}
# The word of an attribution that says somebody wrote; in a line that ends with a colon, directly before a quotation.
WROTE = {
    "en": "wrote|writes|write|said|says|spake|spoke|scribbled|typed|quoting",
    "de": "schrieb|schrieben|schreibt|geschrieben|schriebst|meinte|zitat|zitiere",
    "fr": "écrit|ecrit|écrivait|écrivit|écrivez|disait|citation|selon",
    "es": "escribió|escribio|escribía|escribe|dijo|citando",
    "ca|gl": "escriure|escrigué|escribiu|missatge",
    "pt": "escreveu|escreve|disse|citação",
    "it": "scritto|scrive|scrisse|scriveva|citando",
    "nl": "schreef|schrijft|geschreven|citeren",
    "da|no|sv|is": "skrev|skriver|skreiv|skrifaði|citerar|citat",
    "fi|et": "kirjoitti|kirjoittaa|kirjutas|lainaus",
    "pl": "napisał|napisała|napisała/ł|pisze|pisał|pisała|cytowanie|cytat",
    "cs|sk": "napsal|napsala|píše|napísal|napísala",
    "hr|sr|sl": "napisao|napisala|napisal|piše|je napisao|написао",
    "hu": "írta|írja",
    "ro": "scris|scrie",
    "tr": "yazdı|yazmış|yazdi",
    "ru|uk|bg": "пишет|писал|писала|написал|написала|написали|пише|писав|написав|написа|цитирую",
    "el": "έγραψε|γράφει|έγραφε",
    "lt|lv": "rašė|rakstīja|parašė",
    "he": "כתב|כתבה|כתבת|מאת",
    "ar|fa": "كتب|كتبت|كتابة|نوشت|نوشته",
    "vi|id|ms": "viết|menulis|tulis",
}
WROTE_UNSPACED = "写道|寫道|写到|写:|寫:|님이 작성|작성:|님의 말|のメッセージ|は書きました|さんは|เขียน"
# How an attribution begins that goes on over several lines.
OPENS = {
    "en": "on|at|in|quoting|from|sun|mon|tue|wed|thu|fri|sat|thus",
    "de": "am|zitat|so|mo|di|mi|do|fr|sa",
    "fr": "le|dans|en",
    "es": "el",
    "pt|gl": "em|o|no|a",
    "it": "il|in|alle",
    "ca": "missatge",
    "nl": "op",
    "da|no|sv|is": "den|på|þann|søn|man|tir|ons|tor|lør|sön|mån|tis|fre",
    "fi|et": "su|ma|ti|ke|to|pe|la",
    "pl": "w|dnia|niedz|pon|wt|śr|czw|pt|sob",
    "cs|sk|sl|hr|ro": "dne|dňa|ne|po|út|st|čt|pá|v|u|dana|în|in",
    "ru|uk|bg": "в|на|у|пн|вт|ср|чт|пт|сб|вс|нд",
    "el": "στις|την",
    "he": "בתאריך|ב",
    "ar|fa": "في|در",
    "zh|ja": "在|于|於",
    "vi|id|ms|th": "vào|pada|เมื่อ|ในวันที่",
}
# Between dashes, above what a reply repeats of the letter it answers…
ORIGINAL = {
    "en": "original message|original mail|original email|original appointment|reply message|previous message|"
    "begin original message",
    "de": "ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|ursprungsnachricht|"
    "original-mail|ursprüngliche mail|urspr. nachricht|ursprünglicher termin",
    "fr": "message d'origine|message original|message initial|message d origine|message précédent|courrier d'origine",
    "es": "mensaje original|mensaje anterior",
    "ca|gl": "missatge original|mensaxe orixinal",
    "pt": "mensagem original|mensagem anterior",
    "it": "messaggio originale|messaggio originario",
    "nl": "oorspronkelijk bericht|origineel bericht|oorspronkelijk e-mailbericht",
    "sv": "ursprungligt meddelande|originalmeddelande|ursprungliga meddelandet",
    "da": "oprindelig meddelelse|oprindelig besked|original besked|original meddelelse",
    "no": "opprinnelig melding|opprinneleg melding|original melding",
    "fi|et": "alkuperäinen viesti|algne kiri|algsõnum",
    "pl": "wiadomość oryginalna|oryginalna wiadomość|wiadomosc oryginalna|original message",
    "cs|sk": "původní zpráva|puvodni zprava|původní e-mail|pôvodná správa",
    "hu|ro|hr|sl": "eredeti üzenet|mesaj original|mesajul original|izvorna poruka|izvirno sporočilo",
    "tr": "özgün ileti|orijinal mesaj|orjinal mesaj|özgün i̇leti",
    "ru|uk|bg": "исходное сообщение|первоначальное сообщение|оригинальное сообщение|вихідне повідомлення|"
    "оригінальне повідомлення|оригинално съобщение",
    "el": "αρχικό μήνυμα|πρωτότυπο μήνυμα",
    "he|ar|fa": "הודעה מקורית|الرسالة الأصلية|رسالة أصلية|پیام اصلی",
    "zh": "原始邮件|原始郵件|邮件原件|原邮件|原件|原始信件|原始消息",
    "ja|ko": "元のメッセージ|オリジナルメッセージ|original message|원본 메시지|원본 메일|원본메일",
    "vi|id": "thư gốc|tin nhắn gốc|pesan asli",
}
# …and between dashes or before a colon, above what somebody passes on: that is content.
FORWARDED = {
    "en": "forwarded message|forwarded mail|forwarded email|begin forwarded message|forwarded by|forwarded letter|"
    "forwarded conversation|start of forwarded message",
    "de": "weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitet|weitergeleitete mail",
    "fr": "message transféré|message transmis|message réexpédié|début du message réexpédié|"
    "début du message transféré|"
    "courriel transféré",
    "es": "mensaje reenviado|inicio del mensaje reenviado",
    "ca|gl": "missatge reenviat|mensaxe reenviada",
    "pt": "mensagem encaminhada|mensagem reenviada|início da mensagem reenviada|início da mensagem encaminhada",
    "it": "messaggio inoltrato|inizio messaggio inoltrato|messaggio inoltrato da",
    "nl": "doorgestuurd bericht|begin doorgestuurd bericht|doorgezonden bericht",
    "sv": "vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mail",
    "da": "videresendt meddelelse|videresendt besked|start på videresendt besked",
    "no": "videresendt melding|start på videresendt melding",
    "fi|et": "edelleenlähetetty viesti|välitetty viesti|välitetty viesti alkaa|edastatud kiri",
    "pl": "wiadomość przekazana|treść przekazanej wiadomości|przekazana wiadomość|początek przekazywanej wiadomości",
    "cs|sk": "přeposlaná zpráva|předaná zpráva|přeposlaný e-mail|preposlaná správa",
    "hu|ro|hr|sl": "továbbított üzenet|mesaj redirecționat|mesaj redirectat|proslijeđena poruka|posredovano sporočilo",
    "tr": "yönlendirilmiş mesaj|i̇letilmiş mesaj|iletilen mesaj|yönlendirilen mesaj",
    "ru|uk|bg": "пересылаемое сообщение|перенаправленное сообщение|начало переадресованного сообщения|"
    "переслане повідомлення|препратено съобщение",
    "el": "προωθημένο μήνυμα",
    "he|ar|fa": "הודעה מועברת|הודעה שהועברה|رسالة مُعاد توجيهها|رسالة معاد توجيهها|پیام هدایت‌شده",
    "zh": "转发的邮件|转发邮件信息|已转发邮件|轉寄郵件|轉寄的郵件|转发邮件",
    "ja|ko": "転送メッセージ|転送されたメッセージ|전달된 메일|전달된 메시지",
    "vi|id": "thư đã chuyển tiếp|pesan terusan",
}
# The lines in which Outlook and its like repeat a letter's head, by what each says.
HEADERS = {
    "from": "from|von|de|da|van|från|fra|frá|od|от|від|από|kimden|gönderen|feladó|lähettäjä|saatja|expéditeur|"
    "remitente|"
    "mittente|afzender|de la|no|nuo|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|من|از|מאת|dari|pengirim|từ|"
    "จาก",
    "sent": "sent|date|gesendet|datum|envoyé|envoyée|enviado|enviada|enviado el|fecha|data|inviato|data invio|"
    "verzonden|"
    "skickat|sendt|dato|sent on|lähetetty|päivämäärä|päiväys|saadetud|kuupäev|wysłano|wysłane|odesláno|odoslané|"
    "dátum|"
    "poslano|датум|отправлено|дата|надіслано|изпратено|στάλθηκε|ημερομηνία|gönderildi|gönderme tarihi|tarih|elküldve|"
    "trimis|发送时间|发送日期|日期|寄件日期|傳送時間|送信日時|日時|日付|보낸 날짜|보낸날짜|날짜|تاريخ الإرسال|"
    "التاريخ|"
    "تم الإرسال|تاریخ|נשלח|תאריך|dikirim|tanggal|đã gửi|ngày|วันที่",
    "to": "to|an|à|a|para|aan|till|til|vastaanottaja|saaja|do|komu|za|кому|до|προς|kime|alıcı|címzett|către|catre|"
    "destinataire|destinatario|destinatário|ontvanger|kam|收件人|收件者|宛先|받는 사람|받는사람|إلى|به|אל|kepada|đến|"
    "ถึง",
    "subject": "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|efni|aihe|teema|temat|předmět|"
    "predmet|"
    "zadeva|тема|относно|θέμα|konu|tárgy|subiect|assumpte|主题|主題|主旨|件名|题目|제목|الموضوع|موضوع|נושא|subjek|"
    "perihal|"
    "chủ đề|เรื่อง",
    "more": "cc|bcc|kopie|kopi|kopia|kopio|copia|copie|копия|копія|másolat|κοιν|bilgi|抄送|副本|참조|نسخة|עותק|"
    "importance|"
    "attachments|anlagen|wichtigkeit|priorität|reply-to|antwort an|organization|newsgroups",
}
# A line that a telephone or a webmail puts below every letter, ``*`` for anything; it names a thing of THINGS as well.
SENT = {
    "en": "sent from*|sent via*|sent with*|sent using*|sent on my*|get outlook for*|download outlook for*",
    "de": "gesendet von*|gesendet mit*|gesendet aus*|gesendet über*|von mein*gesendet|von mein*gesendet.|"
    "diese*wurde*gesendet.|diese*wurde*versendet.|outlook für*herunterladen*|holen sie sich outlook*",
    "fr": "envoyé de*|envoyé depuis*|envoyé à partir*|envoyé via*|envoyé avec*|obtenez outlook*|télécharger outlook*",
    "es|ca|gl": "enviado desde*|enviado con*|enviat des*|enviado dende*|obtener outlook*|descargar outlook*",
    "pt": "enviado do*|enviado da*|enviado a partir*|enviado via*|enviado pelo*|obter o outlook*|obtenha o outlook*",
    "it": "inviato da*|inviato con*|inviato tramite*|inviata da*|ottieni outlook*|scarica outlook*",
    "nl": "verstuurd vanaf*|verzonden vanaf*|verzonden met*|verzonden via*|verstuurd met*|outlook voor*",
    "sv": "skickat från*|skickat med*|skickades från*|hämta outlook*|skaffa outlook*",
    "da|no": "sendt fra*|sendt med*|sendt via*|hent outlook*|få outlook*|skaff deg outlook*",
    "fi|et": "lähetetty*|hanki outlook*|saadetud minu*",
    "pl": "wysłane z*|wysłano z*|pobierz outlook*|pobierz program outlook*",
    "cs|sk": "odesláno z*|odoslané z*|posláno z*|získejte outlook*|stáhnout outlook*",
    "hr|sl|ro|hu": "poslano s*|poslano z*|poslano iz*|trimis de pe*|trimis din*|elküldve az*",
    "tr": "*dan gönderildi|*den gönderildi",
    "ru|uk|bg": "отправлено с*|отправлено из*|послано с*|надіслано з*|изпратено от*|скачать outlook*",
    "el": "στάλθηκε από*|εστάλη από*",
    "he|ar|fa": "נשלח מ*|أرسلت من*|أُرسلت من*|تم الإرسال من*|مرسل من*|ارسال شده از*",
    "zh": "发自我的*|發自我的*|从我的*发送|從我的*傳送|從我的*發送|来自我的*|傳送自我的*|发自*|發自*|发送自*|"
    "获取 outlook*",
    "ja|ko": "*から送信|*から送信されました|*에서 보냄|*에서 보냈습니다",
    "vi|id|ms": "đã gửi từ*|được gửi từ*|gửi từ*|dikirim dari*|dihantar daripada*|terkirim dari*",
}
THINGS = (
    "iphon|ipad|ipod|ios|macbook|android|blackberry|samsung|galaxy|outlook|yahoo|gmail|gmx|web.de|t-online|windows|"
    "mail|"
    "mobil|móvil|móvel|phone|handy|smartphone|tablet|tablette|nokia|huawei|xiaomi|redmi|htc|motorola|sony|pixel|"
    "oneplus|"
    "proton|thunderbird|aol|orange|sfr|телефон|айфон|手机|手機|携帯|휴대|cellulare|téléphone|teléfono|telefon|"
    "puhelin|"
    "wireless|verizon|at&t|vodafone|kindle|surface|k-9|treo|palm|app|הטלפון|הסמארטפון|الهاتف|هاتف"
)
# A disclaimer has a word of each: what the letter is held to be, and what its reader must do or be.
HELD = (
    "confiden|privileg|vertraulich|riservat|vertrouwelijk|konfidentiell|fortrolig|luottamuks|poufn|důvěrn|dôvern|"
    "bizalmas|"
    "конфиденц|конфіденц|поверителн|εμπιστευτικ|gizli|סודי|חסוי|سري|محرمانه|机密|機密|保密|秘密|기밀|bảo mật|rahasia"
)
INTENDED = (
    "intended recipient|intended only|intended solely|solely for|only for the|addressee|unauthorized|unauthorised|"
    "received this|notify the sender|delete|strictly prohibited|named recipient|intended for|"
    "empfänger|adressat|irrtümlich|unbefugt|vernichten|destinataire|destinataires|non autorisée|par erreur|détruire|"
    "destinatario|destinatarios|por error|prohibid|destinatário|por engano|proibid|destinatari|per errore|vietat|"
    "geadresseerde|bestemd|ten onrechte|mottagare|av misstag|modtager|mottaker|ved en fejl|vastaanottaja|adresat|"
    "odbiorc|"
    "příjemc|omylem|címzett|адресат|получател|ошибочно|отримувач|παραλήπτ|alıcı|yanlışlıkla|נמען|הנמען|المرسل إليه|"
    "المستلم|"
    "گیرنده|收件人|收件者|误收|誤收|宛先|受信者|수신인|수신자|người nhận|penerima|destinatarul"
)
# What a list puts below every letter: how one of the lines begins.
FOOTER = {
    "en": "to unsubscribe|unsubscribe:|unsubscribe from this|you received this message because|"
    "you are receiving this|you're receiving this|you are currently subscribed|"
    "you have received this message because|"
    "to post to this group|to post a message|to subscribe or unsubscribe|to manage your subscription|"
    "to change your subscription|to leave this list|to leave the list|to remove yourself|to be removed from|"
    "for additional commands, e-mail|more majordomo info at|if you no longer wish to receive|subscription options:|"
    "yahoo! groups links|yahoo! groups sponsor|------------------------ yahoo! groups sponsor|"
    "------------------------ yahoo! groups links|your use of yahoo! groups is subject|"
    "community email addresses:|groups.io links:|this sf.net email is|mailing list archives|list archives:|"
    "archives and subscription|manage your subscription|reply to this email directly|list-unsubscribe:|"
    "this message was sent to you because|visit the list|list info:",
    "de": "sie erhalten diese nachricht|sie erhalten diese e-mail|sie haben diese nachricht erhalten|"
    "du erhältst diese nachricht|um sich abzumelden|zum abmelden|zum abbestellen|abmelden:|abbestellen:|"
    "um die mailingliste|um diese liste|wenn sie keine weiteren",
    "fr": "vous recevez ce message|vous avez reçu ce message|vous recevez cet e-mail|pour vous désabonner|"
    "pour vous désinscrire|pour se désabonner|pour se désinscrire|se désabonner|pour résilier|désinscription",
    "es|ca": "has recibido este mensaje porque|ha recibido este mensaje porque|recibes este mensaje|"
    "para darse de baja|para darte de baja|para cancelar|para anular|para desuscribir|heu rebut aquest missatge",
    "pt": "você recebeu esta mensagem porque|você está recebendo esta mensagem porque|recebeu esta mensagem porque|"
    "para cancelar|para sair d|para sair deste|para se descadastrar|para deixar de receber",
    "it": "hai ricevuto questo messaggio perch|ricevi questo messaggio|per annullare|per cancellarsi|"
    "per disiscriversi|per cancellare",
    "nl": "u ontvangt dit bericht omdat|je hebt dit bericht ontvangen|u hebt dit bericht ontvangen|"
    "je ontvangt dit bericht|om u af te melden|om je af te melden|afmelden",
    "da|no|sv": "du modtager denne|du mottok denne|du har mottatt denne|du får det här meddelandet|"
    "du har fått det här meddelandet|for at afmelde|for å melde|för att avsluta|för att avprenumerera",
    "pl|cs": "otrzymałeś tę wiadomość|otrzymujesz tę wiadomość|aby anulować|aby zrezygnować|aby się wypisać|"
    "tuto zprávu jste obdrželi|tuto zprávu dostáváte|chcete-li se odhlásit",
    "ru|uk": "вы получили это сообщение|вы получаете это|чтобы отменить|чтобы отписаться|для отписки|"
    "ви отримали це повідомлення|щоб скасувати",
    "tr|ar": "bu iletiyi|bu mesajı|abonelikten çıkmak|تلقيت هذه الرسالة|لقد تلقيت هذه الرسالة|لإلغاء الاشتراك",
    "zh|ja|ko": "您收到此邮件是因为|您收到此訊息|你收到此邮件|要取消订阅|退订请|このメールは|このグループから|"
    "이 메일은|구독을 취소",
}


def phrases(table: Mapping[str, str] | str) -> tuple[str, ...]:
    """All alternatives of a table or a row, folded, without doubles, in their order."""
    rows: Iterable[str] = (table,) if isinstance(table, str) else table.values()
    return tuple(dict.fromkeys(fold(phrase) for row in rows for phrase in row.split("|")))


def either(alternatives: Iterable[str]) -> str:
    """A pattern that matches one of the alternatives, a long one before what it begins with; by first letters, for
    that is faster."""
    by_letter: dict[str, list[str]] = {}
    for phrase in sorted(set(alternatives), key=lambda phrase: (-len(phrase), phrase)):
        by_letter.setdefault(phrase[:1], []).append(re.escape(phrase[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())


@cache
def roles() -> Mapping[str, str]:
    """Folded label of a repeated head (``betreff``) → what its line says (``subject``)."""
    return {label: role for role in reversed(HEADERS) for label in phrases(HEADERS[role])}

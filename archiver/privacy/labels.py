"""The words that say what stands beside them, in many languages: a language is data. Phrases are parted by ``|``.

A space in a phrase stands for a space, a hyphen or nothing. Upper case does not matter.
"""

from collections.abc import Mapping
from typing import NamedTuple

Phrases = Mapping[str, str]


class Labels(NamedTuple):
    """What announces one *kind*: in *plain* words something that looks like it follows, after *quiet* ones only
    when a colon or the like stands between."""

    kind: str
    plain: Phrases
    quiet: Phrases


_PASSWORDS: Phrases = {
    "en": "password|passwords|passwd|passphrase|passcode|pwd|pw|p/w|pin|pin code|pin number|puk|cvv|cvv2|cvc|cvc2"
    "|wifi key"
    "|network key|security key|secret key|private key|api key|access key|access token|auth token|api token"
    "|bearer token"
    "|client secret|door code|gate code|alarm code|lock code|key code|entry code|recovery phrase|seed phrase"
    "|recovery code|backup code",
    "de": "passwort|passwörter|kennwort|geheimzahl|wlan schlüssel|wlan key|netzwerkschlüssel|sicherheitsschlüssel"
    "|zugangscode|türcode|torcode|schlosscode|zahlencode|geheimnummer|pinnummer",
    "es": "contraseña|contrasena|contraseñas|clave|clave de acceso|clave wifi|código de la puerta|código de la alarma"
    "|código del portón|nip",
    "fr": "mot de passe|mots de passe|mdp|clé wifi|clé de sécurité|clef wifi|code secret|code pin|code wifi|digicode"
    "|code d'entrée|code de la porte|code du portail|code d'accès",
    "pt": "senha|senhas|palavra passe|chave de acesso|chave wifi|código da porta|código do portão",
    "it": "parola d'ordine|parola chiave|codice segreto|chiave wifi|codice pin|codice del cancello",
    "ar": "كلمة السر|كلمة المرور|كلمه السر|كلمه المرور|كلمة سر|كلمة مرور|الرقم السري|رقم سري|باسورد|باسوورد|الباسورد"
    "|الباسوورد|رمز الدخول|الرمز السري|رمز سري|رمز الباب|كود الباب",
    "nl": "wachtwoord|toegangscode|pincode|deurcode",
    "sv da no": "lösenord|adgangskode|kodeord|passord|pinkode|portkod",
    "fi": "salasana|tunnusluku|ovikoodi",
    "pl cs sk": "hasło|haslo|heslo|kod do drzwi",
    "ru uk": "пароль|пин код|пинкод|пін код",
    "tr": "şifre|şifresi|sifre|sifresi|parola|parolası",
    "ro hu el": "parolă|parola|jelszó|jelszo|κωδικός πρόσβασης|συνθηματικό",
    "he": "סיסמה|סיסמא|הסיסמה|הסיסמא|קוד סודי|קוד כניסה",
    "fa ur": "رمز عبور|گذرواژه|پسورد|پاسورڈ",
    "hi bn": "पासवर्ड|পাসওয়ার্ড",
    "id vi sw": "kata sandi|sandi|mật khẩu|mat khau|nenosiri|neno la siri",
    "zh ja ko th": "密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|รหัสผ่าน",
}
_QUIET_PASSWORDS: Phrases = {
    "en": "pass|secret|token|login|logins|credentials|combination|lock|safe|wifi|wi fi|wlan|hotspot|auth|apikey|key",
    "de": "zugang|zugangsdaten|schlüssel|anmeldung|kombination|tresor",
    "es": "acceso|secreto|llave",
    "fr": "identifiants|accès|clé",
    "pt": "acesso|segredo|chave",
    "it": "accesso|segreto",
    "ar": "السر|واي فاي|الواي فاي",
    "ru": "ключ|вход",
}

_CODES: Phrases = {
    "en": "verification code|security code|confirmation code|authentication code|login code|access code"
    "|one time password"
    "|one time code|one time passcode|one time pin|otp|otp code|2fa code|sms code|activation code|whatsapp code|code",
    "de": "bestätigungscode|sicherheitscode|verifizierungscode|einmalcode|einmalpasswort|freischaltcode"
    "|aktivierungscode|anmeldecode|prüfcode|mobile tan|smstan|tan|code",
    "es": "código de verificación|código de seguridad|código de confirmación|código de acceso"
    "|código de activación|código"
    "|codigo|codigo de verificacion",
    "fr": "code de vérification|code de confirmation|code de sécurité|code de connexion|code d'activation|code sms",
    "pt": "código de verificação|código de segurança|código de confirmação|código de ativação|código",
    "it": "codice di verifica|codice di sicurezza|codice di conferma|codice",
    "ar": "رمز التحقق|كود التحقق|رمز التأكيد|رمز التفعيل|رمز الأمان|كود التفعيل|الكود|كود|الرمز|رمز",
    "nl": "verificatiecode|bevestigingscode|beveiligingscode",
    "sv da no fi": "verifieringskod|bekräftelsekod|bekræftelseskode|engangskode|vahvistuskoodi|kod|kode|koodi",
    "pl": "kod weryfikacyjny|kod potwierdzający",
    "ru uk": "код подтверждения|код підтвердження|код",
    "tr": "doğrulama kodu|onay kodu|kodu",
    "he": "קוד אימות|קוד האימות|קוד",
    "fa ur": "کد تأیید|کد تایید|تصدیقی کوڈ|کد",
    "hi": "सत्यापन कोड|कोड",
    "id vi": "kode verifikasi|kode otp|mã xác nhận|mã xác minh|mã otp",
    "zh ja ko": "验证码|驗證碼|校验码|動態密碼|認証コード|確認コード|인증번호|인증 코드",
}
HARMLESS_CODES: Phrases = {
    "en": "postal|post|zip|sort|area|qr|bar|source|dress|error|colour|color|promo|discount|country|status|product"
    "|order|voucher"
    "|house|morse|http|exit|building|item|course|room|plant|seed",
    "de": "post|postleit|farb|fehler|quell|bar|qr|rabatt|produkt|länder",
    "es pt": "postal|barras|descuento|desconto|producto|produto|área|error",
    "fr": "postal|barres|couleur|promo|erreur|produit|civil|pénal",
    "it": "postale|barre|sconto|prodotto|fiscale",
    "ar": "البريدي|بريدي|المنطقة|البلد|الخصم|خصم|المنتج",
}
"""Words before or after "code" that make it one of those which open nothing."""

_IDS: Phrases = {
    "en": "passport|passport no|passport number|passport nr|national id|national id number|id number|id no|id card"
    "|identity card|identity number|ssn|social security|social security number|social security no|national insurance"
    "|national insurance number|nino|nhs number|nhs no|driving licence|driver's licence|driver's license"
    "|drivers license"
    "|driving license|licence no|license no|tax id|tax number|aadhaar|aadhar|aadhaar number|pan card|pan number"
    "|voter id"
    "|residence permit|green card no|medicare number",
    "de": "personalausweis|personalausweisnummer|ausweisnummer|ausweisnr|ausweis nr|reisepass|reisepassnummer"
    "|passnummer"
    "|pass nr|steuer id|steueridentifikationsnummer|steuernummer|sozialversicherungsnummer|rentenversicherungsnummer"
    "|versichertennummer|krankenkassennummer|ahv|ahv nummer|ahv nr|führerscheinnummer|führerschein nr|svnr"
    "|aufenthaltstitel",
    "es": "dni|nie|nif|cédula|cedula|cédula de identidad|cédula de ciudadanía|cedula de ciudadania|curp|rfc|rut"
    "|run|cuil"
    "|cuit|pasaporte|número de pasaporte|seguridad social|número de seguridad social|nss|carnet de identidad"
    "|documento"
    " de identidad|número de documento|clave de elector",
    "fr": "numéro de sécurité sociale|sécurité sociale|numéro de sécu|numéro sécu|carte d'identité|carte nationale"
    " d'identité|cni|passeport|numéro de passeport|permis de conduire|numéro fiscal|titre de séjour|nir",
    "pt": "cpf|cnh|nif|rg|cartão de cidadão|cartão do cidadão|bilhete de identidade|passaporte|título de eleitor"
    "|pis|niss",
    "it": "codice fiscale|carta d'identità|passaporto|numero di passaporto|patente|tessera sanitaria",
    "ar": "رقم الهوية|الهوية|بطاقة الهوية|هوية رقم|الرقم القومي|رقم قومي|الرقم الوطني|رقم وطني|رقم الجواز|جواز السفر"
    "|جواز سفر|رقم جواز السفر|رقم البطاقة|رقم الإقامة|الإقامة|رقم الاقامة",
    "nl": "bsn|burgerservicenummer|paspoort|paspoortnummer|rijbewijs",
    "sv da no fi": "personnummer|cpr|cpr nummer|cpr nr|fødselsnummer|henkilötunnus|hetu",
    "pl cs": "pesel|dowód osobisty|paszport|rodné číslo|občanský průkaz",
    "ru uk": "паспорт|снилс|инн|ідентифікаційний код",
    "tr": "tc kimlik|tc kimlik no|tckn|kimlik no|kimlik numarası|pasaport no",
    "he": "תעודת זהות|מספר זהות|ת.ז|ת.ז.|דרכון|מספר דרכון",
    "fa": "کد ملی|شماره ملی|شماره پاسپورت",
    "hi bn": "आधार|आधार नंबर|জাতীয় পরিচয়পত্র",
    "zh ja ko": "身份证|身份證|身份证号|护照|護照|マイナンバー|パスポート番号|주민등록번호|여권번호",
}
_QUIET_IDS: Phrases = {"all": "id|cc|c.c.|ci|c.i.|ine|documento|ausweis|pass|cedula no|nhs|tin|sv|pan|patient no"}

_ACCOUNTS: Phrases = {
    "all": "iban|iban no|rib|clabe|cbu|cvu|pix|chave pix|llave bre b",
    "en": "account number|account no|acct no|bank account|routing number|sort code",
    "de": "kontonummer|konto nr|bankleitzahl|blz|bankverbindung",
    "es": "número de cuenta|numero de cuenta|cuenta bancaria|cuenta de ahorros|cuenta corriente|cuenta de banco",
    "fr": "numéro de compte|compte bancaire",
    "pt": "número da conta|número de conta|conta corrente|conta bancária|conta poupança",
    "it nl": "numero di conto|conto corrente|rekeningnummer",
    "ar": "رقم الحساب|رقم حساب|الحساب البنكي|حساب بنكي|آيبان|ايبان|الآيبان|الايبان",
    "ru tr": "номер счета|номер счёта|hesap no|hesap numarası",
    "zh ja": "银行账号|账号|帳號|口座番号",
}
_QUIET_ACCOUNTS: Phrases = {"all": "account|acct|konto|cuenta|conta|conto|compte|bank|banco|banque|حساب"}

_CARDS: Phrases = {
    "en": "card number|card no|credit card|debit card|visa card|mastercard",
    "de": "kartennummer|kreditkarte|kreditkartennummer|ec karte",
    "es": "número de tarjeta|tarjeta de crédito|tarjeta de débito|tarjeta",
    "fr": "numéro de carte|carte bancaire|carte bleue|carte de crédit",
    "pt": "número do cartão|cartão de crédito|cartão de débito|cartão",
    "it": "numero di carta|carta di credito",
    "ar": "رقم البطاقة البنكية|بطاقة ائتمان|بطاقة الائتمان",
}

NETWORKS: Phrases = {
    "all": "insta|instagram|ig|telegram|tg|twitter|tiktok|snapchat|snap|discord|skype|mastodon|bluesky|threads|wechat"
    "|weixin|line id|facebook|fb|messenger|signal|linkedin|vk|kik|viber|steam",
    "ar": "انستا|انستغرام|إنستغرام|تلغرام|تليجرام|تويتر|سناب|فيسبوك",
    "ru zh": "инстаграм|инста|телеграм|телега|微信|微信号",
}
"""Where people go by a name of their choice."""

LABELS = (
    Labels("secret", _PASSWORDS, _QUIET_PASSWORDS),
    Labels("code", _CODES, {}),
    Labels("id", _IDS, _QUIET_IDS),
    Labels("iban", _ACCOUNTS, _QUIET_ACCOUNTS),
    Labels("card", _CARDS, {}),
)

IS: Phrases = {
    "en": "is|was|are|will be|is now|is still|changed to|set to|is called",
    "de": "ist|war|lautet|heißt|heisst|ist jetzt|ist noch|ist immer noch",
    "es": "es|era|son|será|sigue siendo|es ahora|quedó en",
    "fr": "est|était|c'est|sera|est maintenant|reste",
    "pt it": "é|e|era|foi|será|fica|è|sarà|agora é|ainda é",
    "nl sv da pl fi": "is|was|är|er|to|jest|on",
    "ar": "هو|هي|هوا|هيه|كان|كانت|صار|صارت",
    "ru tr he": "это|теперь|был|הוא|היא|זה",
    "id vi": "adalah|là|ni",
    "zh ja ko": "是|为|為|は|が|은|는",
}
"""What stands between a label and what it announces, in sentences."""

PLAIN_WORDS: Phrases = {
    "en": "a|an|the|in|on|at|it|not|no|so|too|very|still|now|always|never|also|behind|under|with|for|from|what"
    "|which|that"
    "|this|only|your|my|our|and|or|if|to|again|there|here|as|same|please|but|because|when|where",
    "de": "ein|eine|der|die|das|in|im|am|an|auf|nicht|kein|noch|jetzt|immer|auch|weg|da|hier|unter|zu|sehr|bei"
    "|unten|oben"
    "|und|oder|mein|dein|euer|wieder|bitte|aber|wenn|wo",
    "es": "un|una|el|la|en|no|muy|mi|tu|su|y|o|que|para|de|del|con|otra|ahora|por|pero|si",
    "fr": "un|une|le|la|les|dans|sur|pas|ne|toujours|mon|ton|votre|et|ou|que|à|au|en|de|du|encore|mais|si",
    "pt": "um|uma|o|a|os|as|no|na|em|não|muito|minha|sua|e|ou|que|para|de|da|do|com|mas|se|outra",
    "it": "un|una|il|lo|la|in|nel|sul|non|molto|e|o|che|per|di|del|con|ma|se|ancora",
    "ar": "في|على|لا|ليس|ليست|من|مع|نفس|مرة|لكن",
}
"""Words with which a sentence goes on, so that none of them is a password."""

STATES: Phrases = {
    "en": "wrong|right|correct|incorrect|required|needed|changed|lost|gone|written|safe|secure|easy|hidden|ok"
    "|good|bad|new"
    "|old|strong|weak|expired|invalid|unknown|secret|working|taped|stuck|long|short|hard|different",
    "de": "falsch|richtig|gleich|neu|alt|geheim|dasselbe|geändert|verloren|schwach|stark|lang|kurz|nötig|ungültig",
    "es": "incorrecta|incorrecto|correcta|igual|nueva|vieja|secreta|larga|fácil|difícil|inválida",
    "fr": "faux|bon|incorrect|nouveau|ancien|secret|long|facile|perdu",
    "pt": "errada|certa|nova|velha|secreta|longa|fácil|incorreta",
    "it": "sbagliata|giusta|nuova|vecchia|segreta|lunga|facile",
    "ar": "خطأ|غلط|صح|جديد|جديدة|طويلة|سهلة",
}
"""What a password may be like: it is one itself only when a phrase begins there."""

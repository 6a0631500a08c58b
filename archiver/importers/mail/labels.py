"""The labels of Gmail, as Takeout writes them: in X-Gmail-Labels, in the language of the account."""

import csv
import re
from functools import lru_cache
from io import StringIO

from archiver.importers.mail.words import decoded
from archiver.text import fold

# What Gmail calls its own labels in each language. Several spellings: singular and plural, of several years.
_SYSTEM = {
    "inbox": "Inbox | Posteingang | Recibidos | Bandeja de entrada | Boîte de réception | Caixa de entrada"
    " | Recebidos | Posta in arrivo | Postvak IN | البريد الوارد | صندوق الوارد | الوارد | Входящие | 受信トレイ"
    " | 收件箱 | 收件匣 | 받은편지함 | Odebrane | Doručené | Doručená pošta | Gelen Kutusu | Inkorgen | Innboks"
    " | Indbakke",
    "sent": "Sent | Sent Mail | Gesendet | Enviado | Enviados | Envoyé | Envoyés | Messages envoyés | Enviada"
    " | Enviadas | Inviato | Inviata | Inviati | Posta inviata | Verzonden | مرسل | المرسل | البريد المرسل | مُرسلة"
    " | Отправлено | Отправленные | 送信済み | 送信済みメール | 已发送 | 已发邮件 | 已傳送 | 寄件備份 | 보낸편지함"
    " | Wysłane | Odesláno | Odeslaná pošta | Gönderilmiş | Skickat | Sendt",
    "drafts": "Draft | Drafts | Entwurf | Entwürfe | Borrador | Borradores | Brouillon | Brouillons | Rascunho"
    " | Rascunhos | Bozza | Bozze | Concepten | مسودة | مسودات | المسودات | Черновик | Черновики"
    " | 下書き | 草稿 | 임시보관함 | Wersje robocze | Koncepty | Taslaklar | Utkast | Kladder",
    "spam": "Spam | Correo no deseado | Courrier indésirable | رسائل غير مرغوب فيها | غير مرغوب فيها"
    " | الرسائل غير المرغوب فيها | Спам | 迷惑メール | 垃圾邮件 | 垃圾郵件 | 스팸 | 스팸함 | Skräppost"
    " | Søppelpost",
    "trash": "Trash | Bin | Papierkorb | Papelera | Corbeille | Lixeira | Lixo | Cestino | Prullenbak"
    " | سلة المهملات | المهملات | Корзина | ゴミ箱 | 已删除邮件 | 已删除 | 垃圾箱 | 垃圾桶 | 回收站 | 휴지통"
    " | Kosz | Koš | Çöp Kutusu | Papperskorgen | Papirkurv",
    "starred": "Starred | Markiert | Destacado | Destacados | Suivis | Favoris | Com estrela"
    " | Marcado com estrela | Speciali | Met ster | مميّز بنجمة | مميز بنجمة | المميّز بنجمة"
    " | المميزة بنجمة | Помеченные | Помечено | スター付き | 已加星标 | 已加星號 | 별표편지함 | Oznaczone gwiazdką"
    " | S hvězdičkou | Yıldızlı | Stjärnmärkt",
    "important": "Important | Wichtig | Importante | Importantes | Importants | Importanti | Belangrijk | مهم"
    " | المهمة | هام | Важное | Важные | 重要 | 重要邮件 | 중요 | 중요편지함 | Ważne | Důležité | Önemli | Viktigt",
    "unread": "Unread | Ungelesen | No leído | No leídos | Non lu | Non lus | Não lida | Não lidas | Não lido"
    " | Não lidos | Da leggere | Non letto | Non letti | Ongelezen | غير مقروء | غير مقروءة | غير المقروءة"
    " | Непрочитанные | Непрочитано | 未読 | 未读 | 未讀 | 읽지않음 | 읽지 않음 | Nieprzeczytane | Nepřečtené"
    " | Okunmamış | Olästa",
    "opened": "Opened | Geöffnet | Abierto | Abiertos | Ouvert | Ouverts | Aberto | Abertos | Aperto | Aperti"
    " | Geopend | مفتوح | تم الفتح | تم فتحها | Открытые | Открыто | Прочитано | 開封済み | 已打开 | 已開啟 | 열림"
    " | Otwarte | Otevřeno | Açıldı",
    "archived": "Archived | Archiviert | Archivado | Archivados | Archivé | Archivés | Messages archivés"
    " | Arquivado | Arquivados | Archiviato | Archiviati | Gearchiveerd | مؤرشف | مؤرشفة | تمت أرشفتها"
    " | Архивировано | В архиве | アーカイブ | アーカイブ済み | 已归档 | 已存档 | 已封存 | 보관됨 | Zarchiwizowane"
    " | Archivováno | Arşivlendi",
    "chat": "Chat | Chats | 聊天 | 聊天記錄 | チャット | Чат | Чаты | دردشة | محادثات | 채팅",
    "snoozed": "Snoozed | Zurückgestellt | Pospuesto | Pospuestos | Adiados | Posticipato | Gesnoozed",
    "scheduled": "Scheduled | Geplant | Programado | Programados | Programmé | Programmés | Gepland",
}
_CATEGORY = re.compile(
    r"(?:category|kategorie|categoría|categoria|catégorie|categorie|категория|カテゴリ|类别|類別|分类|فئة|الفئة)"
    r"\s*[:：]?\s*(.+)"
)
_CATEGORIES = {
    "personal": "Personal | Primary | Persönlich | Allgemein | Principal | Personales | E-mails personnels"
    " | Principale | Personnel | Pessoal | Personali | Personale | Primair | Persoonlijk | الأساسية | شخصي | شخصية"
    " | Несортированные | Личное | Личные | メイン | 個人 | 个人 | 主要 | Osobní | Primární",
    "social": "Social | Soziale Netzwerke | Soziale Medien | Sociales | Redes sociales | Réseaux sociaux"
    " | Redes sociais | Sociale | Sociaal | Sociale netwerken | اجتماعية | الاجتماعية | اجتماعي | Соцсети"
    " | ソーシャル | 社交 | 社交网络 | Sociální sítě",
    "promotions": "Promotions | Werbung | Promociones | Promoções | Promozioni | Reclame | Promoties"
    " | العروض الترويجية | عروض ترويجية | Промоакции | プロモーション | 推广 | 促销 | 促銷內容 | Promo akce",
    "updates": "Updates | Benachrichtigungen | Neuigkeiten | Notificaciones | Actualizaciones | Notifications"
    " | Mises à jour | Atualizações | Aggiornamenti | Notifiche | إعلامات | التحديثات | تحديثات | Оповещения"
    " | 新着 | 最新情報 | 动态 | 更新 | 最新快訊 | Aktualizace",
    "forums": "Forums | Forum | Foren | Foros | Fóruns | المنتديات | منتديات | Форумы | フォーラム | 论坛 | 論壇"
    " | Fóra",
    "purchases": "Purchases | Käufe | Compras | Achats | Acquisti | Aankopen | Покупки | 購入 | 购买",
    "reservations": "Reservations | Reservierungen | Reservas | Réservations | Prenotazioni | Reserveringen",
    "travel": "Travel | Reisen | Viajes | Voyages | Viagens | Viaggi | Reizen | Путешествия | 旅行 | 旅游",
    "finance": "Finance | Finanzen | Finanzas | Finances | Finanças | Finanza | Financiën | Финансы",
}


def _by_name(table: dict[str, str]) -> dict[str, str]:
    return {fold(name): meaning for meaning, names in table.items() for name in names.split(" | ")}


_MEANING = _by_name(_SYSTEM)
_CATEGORY_MEANING = _by_name(_CATEGORIES)


@lru_cache(maxsize=512)
def gmail(value: bytes) -> tuple[str, ...]:
    """The labels in an X-Gmail-Labels, each once: Gmail's own in English and lower case (``inbox``, ``category
    updates``), those of the user as written. It is one row of CSV in encoded words, in any of its foldings."""
    text = decoded(value)
    try:
        row = next(csv.reader(StringIO(text)), [])
    except csv.Error:  # a label of more than 128 KiB
        row = text.split(",")
    found = (_label(" ".join(label.split())) for label in row)
    return tuple(dict.fromkeys(filter(None, found)))


@lru_cache(maxsize=4096)
def _label(name: str) -> str:
    key = fold(name)
    if meaning := _MEANING.get(key):
        return meaning
    category = _CATEGORY.fullmatch(key)
    meaning = _CATEGORY_MEANING.get(category[1].strip("\"'„“”«» ")) if category else None
    return f"category {meaning}" if meaning else name

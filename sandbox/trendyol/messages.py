"""What error keys say in the languages that Accept-Language may ask for."""

MESSAGES: dict[str, dict[str, str]] = {
    "too.many.requests": {
        "en": "Too many requests. Please try again later.",
        "ar": "طلبات كثيرة جدًا. يرجى المحاولة لاحقًا.",
        "tr": "Çok fazla istek gönderildi. Lütfen daha sonra tekrar deneyin.",
    },
    "invalid.storefrontcode": {
        "en": "Storefront code is invalid.",
        "ar": "رمز واجهة المتجر غير صالح.",
        "tr": "Geçersiz storefront kodu.",
    },
    "supplier.api.supplier.not.found": {
        "en": "Supplier not found.",
        "ar": "لم يتم العثور على البائع.",
        "tr": "Satıcı bulunamadı.",
    },
    "shipment.package.not.found": {
        "en": "Shipment package not found.",
        "ar": "لم يتم العثور على حزمة الشحن.",
        "tr": "Sevkiyat paketi bulunamadı.",
    },
    "shipment.package.not.updatable": {
        "en": "The status of the shipment package does not allow this update.",
        "ar": "حالة حزمة الشحن لا تسمح بهذا التحديث.",
        "tr": "Sevkiyat paketi bu işlem için uygun statüde değil.",
    },
    "generic.exception": {
        "en": "Exception Occured",
        "ar": "حدث خطأ",
        "tr": "Bir hata oluştu",
    },
    "repeated.request": {
        "en": "You cannot send the same request repeatedly within 15 minutes!",
        "ar": "لا يمكنك إرسال الطلب نفسه مرارًا خلال 15 دقيقة!",
        "tr": "15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!",
    },
}


def message_for(key: str, language: str) -> str:
    """The key's message in that language, or English; the key itself where none is known."""
    texts = MESSAGES.get(key, {})
    return texts.get(language) or texts.get("en") or key

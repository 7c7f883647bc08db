"""Names in alphabets that are written in Latin letters in more than one way."""

import pytest

from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Գայանե Ղազումյան", "gayane|ghazumyan|ghazumian"),
        ("Եղիազարյան Ոսկան", "yeghiazaryan|eghiazaryan|voskan|yeghiazarian"),
        ("Պետրոս Երևանցի", "petros|bedros|yerevan"),
        ("ყიფშიძე ჯემალ", "qipshidze|kipshidze|jemal|dzhemal"),
        ("ღვინჯილია", "ghvinjilia|gvinjilia"),
        ("Əliağa Şıxəliyev", "shikhaliyev|aliaga|eliaga"),
        ("Нұрсұлу Әбдіқалықова", "abdikalyk|abdiqalyq|nursulu"),
        ("Жээнбеков", "zheenbekov|jeenbekov"),
        ("Ўктам Ғаниев", "uktam|ganiev|ghaniev"),
        ("Ђорђе Ђоковић", "djordje|dorde|djokovic|dokovic|dorde dok"),
        ("Ѓорѓи Ќосев", "gjorgji|gorgi|kjosev|kosev"),
        ("Първанов Щерев", "parvanov|shterev|prvanov"),
        ("Оксана Цибуля", "cybula|tsybulia|cibulja"),
        ("Пётр Чайковский", "czajkowski|tchaikovsky"),
        ("Горбачёв", "gorbatchev|gorbachev|gorbatschow"),
        ("Воробьёв Григорьева", "vorobyov|vorobiev|vorobyev|grigorieva|grigoryeva"),
        ("Гуменюк", "humenyuk|humeniuk|gumenyuk"),
        ("Оюунчимэг", "oyunchimeg|oyuunchimeg"),
        ("Цветелина Янчева", "tsvetelina|jancheva|yancheva"),
        ("Χαράλαμπος Ντόβας", "charalampos|haralambos|charalambos|dovas|ntovas"),
        ("Ειρήνη Ευτυχία", "eirini|irini|eftychia|eutychia|eftihia"),
        ("Αγγελόπουλος Παναγιώτης", "angelopoulos|aggelopoulos|panagiotis|panayiotis"),
        ("Αντώνης Σπύρος", "antonis|andonis|spyros|spiros"),
        ("Marcel·lí Novell", "marcelli|marcel·lí|marcel"),
    ],
)
def test_each_usual_spelling_finds_the_name(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []

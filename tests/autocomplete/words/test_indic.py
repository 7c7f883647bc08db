"""Names in the scripts of India have the vowels that are spoken."""

import pytest

from contactsgroups.autocomplete.words.folding import fold
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("प्रिया शर्मा", "priya|sharma|प्रि|शर|प|srma"),
        ("लक्ष्मी नारायण", "lakshmi|laxmi|narayan|narayana"),
        ("श्रीनिवास मिश्र", "shrinivas|srinivas|mishra|misra"),
        ("फ़ैज़ अहमद", "faiz|ahmad"),
        ("সুব্রত চট্টোপাধ্যায়", "subrata|chattopadhyay"),
        ("ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "harprit|harpreet|singh"),
        ("ગૌરવ પટેલ", "gaurav|patel"),
        ("முருகன் செல்வம்", "murugan|selvam"),
        ("கார்த்திக் வெங்கடேசன்", "karthik|karttik|venkatesan|vengadesan"),
        ("செந்தில் சுப்ரமணியன்", "senthil|sendil|subramanian|supramaniyan"),
        ("గోపాల్ రెడ్డి", "gopal|reddy|reddi"),
        ("సాయి కృష్ణ", "sai|sayi|krishna"),
        ("अजय पवार", "ajay|pawar|pavar"),
        ("ಮಂಜುನಾಥ್ ಗೌಡ", "manjunath|gowda|gauda"),
        ("രാജേഷ് നായർ", "rajesh|nair|nayar"),
    ],
)
def test_a_name_is_found_by_what_its_bearer_writes(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, name), text


def test_other_scripts_in_the_same_text_stay() -> None:
    assert fold("Dr.प्रिया-Weber")[0] == "dr.priya-weber"


def test_signs_without_a_letter_are_no_error() -> None:
    for sign in map(chr, range(0x0900, 0x0D80)):
        assert fold(sign)
        assert fold(f"क{sign}{sign}क {sign}")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("චමින්ද ගුණතිලක", "chaminda|gunathilak|gunatilaka|gunathilaka"),
        ("ජයවර්ධන වික්‍රමසිංහ", "jayawardhana|jayawardhane|wickramasinghe"),
        ("සේනානායක කුමාර", "senanayake|senanayaka|kumara"),
        ("රාජපක්ෂ බණ්ඩාරනායක", "rajapaksa|rajapaksha|bandaranaike|bandaranayake"),
        ("ඝනදාස පෙරේරා", "ghanadasa|perera"),
        ("હર્ષદભાઈ ઝવેરીયા", "zaveri|jhaveri|harshadbhai"),
        ("রফিকুল মিজানুর", "rafiqul|rafikul|mizanur|mijanur"),
        ("कुलकर्णी विश्वनाथ", "kulkarni|kulakarni|viswanath|vishwanath|vishvanath"),
        ("മോഹൻലാൽ വിശ്വനാഥൻ", "mohanlal|viswanathan|vishwanathan"),
        ("தமிழ்ச்செல்வி பாலன்", "tamilselvi|balan|palan"),
        ("चौधरी क्षीरसागरे", "chaudhari|choudhari|chaudhri|ksheersag|kshirsag"),
    ],
)
def test_names_of_further_languages_are_found(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []

from __future__ import annotations

import pytest

from ledger.codes import check


@pytest.mark.parametrize(
    "digits", ["6901234567892", "06901234567892", "106141412345678908", "96385074", "036000291452"]
)
def test_mod10(digits: str) -> None:
    assert check.mod10(digits[:-1]) == digits[-1]
    assert check.mod10_holds(digits)
    assert not check.mod10_holds(digits[:-1] + str((int(digits[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "key", ["1987654Ad4X4bL5ttr2310c2K", "12345_!\"%&'()*+,-./LC", "99999zzzzzzzzzzzzzzzzzzT2"]
)
def test_check_pair(key: str) -> None:
    assert check.pair(key[:-2]) == key[-2:]


@pytest.mark.parametrize(
    "text", ["+A123BJC5D6E71G", "+H123ABC01234567890D", "+A123BJC5D6E71/$$52001510X3C", "+/EO5232013"]
)
def test_mod43(text: str) -> None:
    assert check.mod43(text[:-1]) == text[-1]
    assert check.mod43("a") is None


def test_ppn_and_pzn() -> None:
    assert check.mod97_ppn("1103752864") == "14"
    assert check.mod11_pzn("0375286") == "4"
    assert check.mod11_pzn("0000010") is None or len(str(check.mod11_pzn("0000010"))) == 1


@pytest.mark.parametrize("account", ["GB98MIDL07009312345678", "BE71096123456769"])
def test_iban(account: str) -> None:
    assert check.mod97_iban(account)
    assert not check.mod97_iban(account[:-1] + "0")


def test_ma() -> None:
    assert check.luhn_ma("MA.156.M0.100204.1335176") == "4"
    assert check.luhn_ma("批") is None

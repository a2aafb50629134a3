"""Certificates, keys, names and requests."""

import hashlib
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from OpenSSL import crypto

from twisted.internet import _sslverify
from twisted.internet.defer import Deferred
from twisted.internet.ssl import (
    DN,
    Certificate,
    CertificateError,
    CertificateRequest,
    CertificateRequestRefused,
    DistinguishedName,
    KeyPair,
    PrivateCertificate,
    VerifyError,
)
from twisted.internet.testing import StringTransport

from .tls_helpers import authority, certificate, keyPair, withoutKey

FORMATS = [crypto.FILETYPE_ASN1, crypto.FILETYPE_PEM]


# Names


def test_attributes_of_a_name_have_long_and_short_names() -> None:
    name = DN(commonName="example.com", O="Example", C=b"DE")
    assert name == {
        "commonName": b"example.com",
        "organizationName": b"Example",
        "countryName": b"DE",
    }
    assert name.CN == name.commonName == b"example.com"
    name.OU = "People"
    assert name["organizationalUnitName"] == b"People"


def test_an_unknown_attribute_of_a_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="a distinguished name has no 'nickname'"):
        DN(nickname="x")
    with pytest.raises(AttributeError):
        DN().nickname  # noqa: B018 - reading it is what raises
    with pytest.raises(AttributeError):
        DN().CN  # noqa: B018 - reading it is what raises


def test_names_can_be_compared() -> None:
    assert DN(CN="a", O="b") == DistinguishedName(O="b", CN="a")
    assert DN(CN="a") != DN(CN="b")


def test_names_survive_the_way_to_x509_and_back() -> None:
    name = DN(CN="Zoë", O="Example", OU="x", L="Here", ST="There", C="DE", emailAddress="a@b.c")
    assert DN.fromName(name.toName()) == name


def test_attributes_that_have_no_name_here_are_left_out() -> None:
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.TITLE, "Dr."),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "x"),
        ]
    )
    assert DN.fromName(name) == DN(CN="x")


def test_names_can_be_read_by_people() -> None:
    name = DN(CN="example.com", C="DE")
    assert repr(name) == "<DN 'commonName': b'example.com', 'countryName': b'DE'>"
    assert name.inspect() == " commonName: example.com\ncountryName: DE"
    assert DN().inspect() == ""


# Keys


@pytest.mark.parametrize("format", FORMATS)
def test_keys_survive_the_way_into_a_file_and_back(format: int) -> None:
    key = keyPair()
    again = KeyPair.load(key.dump(format), format)
    assert again.matches(key)
    assert again.keyHash() == key.keyHash()


@pytest.mark.parametrize(
    ("kind", "size", "bits"),
    [
        (crypto.TYPE_RSA, 2048, 2048),
        (crypto.TYPE_EC, 256, 256),
        (crypto.TYPE_EC, 384, 384),
        (crypto.TYPE_EC, 2048, 256),
        (crypto.TYPE_DSA, 1024, 1024),
    ],
)
def test_keys_of_several_kinds_can_be_made(kind: int, size: int, bits: int) -> None:
    assert KeyPair.generate(kind, size).original.bits() == bits


def test_a_key_has_2048_bits_of_rsa_by_default() -> None:
    key = KeyPair.generate().original
    assert (key.type(), key.bits()) == (crypto.TYPE_RSA, 2048)


@pytest.mark.parametrize(("kind", "size"), [(0, 2048), (crypto.TYPE_EC, 100)])
def test_kinds_of_keys_that_there_are_not_are_refused(kind: int, size: int) -> None:
    with pytest.raises(ValueError, match="not"):
        KeyPair.generate(kind, size)


def test_a_certificate_has_the_public_half_of_its_key() -> None:
    mine = certificate()
    assert mine.getPublicKey().matches(mine.privateKey)
    assert not mine.getPublicKey().matches(keyPair())


def test_the_hash_of_a_key_is_that_of_its_public_half() -> None:
    mine = certificate()
    public = mine.original.to_cryptography().public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert mine.privateKey.keyHash() == hashlib.sha256(der).hexdigest()
    assert mine.privateKey.keyHash() in mine.privateKey.inspect()
    assert mine.privateKey.keyHash() in mine.getPublicKey().inspect()
    assert mine.privateKey.keyHash() in repr(mine.privateKey)


@pytest.mark.parametrize("data", [b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\n"])
def test_garbage_is_no_key(data: bytes) -> None:
    with pytest.raises((crypto.Error, ValueError)):
        KeyPair.load(data, crypto.FILETYPE_PEM)


# Certificates


@pytest.mark.parametrize("format", FORMATS)
def test_certificates_survive_the_way_into_a_file_and_back(format: int) -> None:
    mine = withoutKey(certificate())
    assert Certificate.load(mine.dump(format), format) == mine


def test_a_certificate_can_be_read_from_pem() -> None:
    mine = withoutKey(certificate())
    again = Certificate.loadPEM(mine.dumpPEM())
    assert again == mine
    assert hash(again) == hash(mine)
    assert again != withoutKey(authority())
    assert again != "something else"


def test_a_certificate_says_whom_it_is_about_and_who_says_so() -> None:
    mine = withoutKey(certificate())
    assert repr(mine) == "<Certificate Subject=example.com Issuer=authority>"
    assert mine.getSubject() == DN(CN="example.com")
    assert mine.getIssuer() == DN(CN="authority")
    assert mine.serialNumber() == 2


def test_a_certificate_has_a_fingerprint() -> None:
    mine = withoutKey(certificate())
    expected = hashlib.sha256(mine.dump()).hexdigest().upper()
    assert mine.digest("sha256").replace(b":", b"") == expected.encode("ascii")
    assert mine.digest().count(b":") == 15


def test_a_certificate_can_be_read_by_people() -> None:
    text = certificate().inspect()
    for part in (
        "example.com",
        "authority",
        "Serial Number: 2",
        certificate().privateKey.keyHash(),
    ):
        assert part in text


def test_a_certificate_without_its_key_has_no_options() -> None:
    with pytest.raises(TypeError, match="PrivateCertificate"):
        withoutKey(certificate()).options()


@pytest.mark.parametrize("data", [b"", b"garbage"])
def test_garbage_is_no_certificate(data: bytes) -> None:
    with pytest.raises(crypto.Error):
        Certificate.loadPEM(data)


def test_a_format_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="FILETYPE_PEM"):
        keyPair().dump(99)


def test_a_transport_without_tls_has_no_certificates() -> None:
    with pytest.raises(CertificateError, match="speaks no TLS"):
        Certificate.peerFromTransport(StringTransport())


def test_a_private_certificate_is_read_from_one_file() -> None:
    mine = certificate()
    again = PrivateCertificate.loadPEM(mine.dumpPEM())
    assert again == mine
    assert again.privateKey.matches(mine.privateKey)
    assert repr(again).startswith(
        "<PrivateCertificate Subject=example.com Issuer=authority with <KeyPair "
    )


def test_a_private_certificate_needs_its_key() -> None:
    with pytest.raises((crypto.Error, ValueError)):
        PrivateCertificate.loadPEM(withoutKey(certificate()).dumpPEM())


def test_a_private_certificate_is_not_put_together_with_another_key() -> None:
    with pytest.raises(VerifyError, match=r"example\.com is for another key"):
        PrivateCertificate.fromCertificateAndKeyPair(withoutKey(certificate()), keyPair())


def test_a_private_certificate_can_be_renewed() -> None:
    mine = certificate()
    request = CertificateRequest.load(mine.certificateRequest())
    renewed = authority().signRequestObject(request, 7)
    again = mine.newCertificate(renewed.dump())
    assert again.serialNumber() == 7
    assert mine.privateKey.newCertificate(renewed.dump()) == again


# Requests


@pytest.mark.parametrize("format", FORMATS)
def test_requests_survive_the_way_into_a_file_and_back(format: int) -> None:
    name = DN(CN="example.com", O="Example")
    data = keyPair().certificateRequest(name, format)
    request = CertificateRequest.load(data, format)
    assert request.getSubject() == name
    assert request.dump(format) == data


def test_a_request_is_granted_to_whom_is_approved_of() -> None:
    asked: list[DistinguishedName] = []

    def approve(name: DistinguishedName) -> bool:
        asked.append(name)
        return True

    data = keyPair().certificateRequest(DN(CN="example.com"))
    granted = authority().signCertificateRequest(data, approve, 5)
    assert isinstance(granted, bytes)
    assert asked == [DN(CN="example.com")]
    made = Certificate.load(granted)
    assert made.getIssuer() == authority().getSubject()
    assert made.getPublicKey().matches(keyPair())


def test_a_request_is_refused_to_others() -> None:
    data = keyPair().certificateRequest(DN(CN="example.com"))
    with pytest.raises(CertificateRequestRefused, match=r"rejected request DN <DN .*example\.com"):
        authority().signCertificateRequest(data, lambda name: False, 5)


def test_approval_may_take_time() -> None:
    approval: Deferred[bool] = Deferred()
    data = keyPair().certificateRequest(DN(CN="example.com"))
    granted = authority().signCertificateRequest(data, lambda name: approval, 5)
    assert isinstance(granted, Deferred)
    results: list[bytes] = []
    granted.addCallback(results.append)
    approval.callback(True)
    assert Certificate.load(results[0]).getSubject() == DN(CN="example.com")


def test_a_request_that_is_not_signed_by_its_key_is_refused() -> None:
    data = bytearray(keyPair().certificateRequest(DN(CN="example.com")))
    data[-1] ^= 1
    with pytest.raises(ValueError, match="not signed by the key"):
        CertificateRequest.load(bytes(data))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com", x509.DNSName("example.com")),
        ("*.example.com", x509.DNSName("*.example.com")),
        ("192.0.2.7", x509.IPAddress(ipaddress.ip_address("192.0.2.7"))),
        ("::1", x509.IPAddress(ipaddress.ip_address("::1"))),
    ],
)
def test_a_certificate_is_for_the_host_that_its_common_name_names(
    name: str, expected: x509.GeneralName
) -> None:
    made = keyPair().selfSignedCert(1, commonName=name).original.to_cryptography()
    found = made.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert list(found.value) == [expected]


def test_who_signs_for_others_may_do_so_and_others_may_not() -> None:
    for made, may in ((authority(), True), (certificate(), False)):
        found = made.original.to_cryptography().extensions.get_extension_for_class(
            x509.BasicConstraints
        )
        assert found.value.ca is may


def test_a_request_does_not_get_more_than_its_name() -> None:
    key = keyPair()
    builder = x509.CertificateSigningRequestBuilder().subject_name(DN(CN="a.example").toName())
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=False
    )
    request = CertificateRequest(builder.sign(key._signing(), hashes.SHA256()))
    made = authority().signRequestObject(request, 3).original.to_cryptography()
    found = made.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert found.value.get_values_for_type(x509.DNSName) == ["a.example"]


def test_a_weak_hash_is_not_signed() -> None:
    with pytest.raises(ValueError, match="sha256"):
        keyPair().requestObject(DN(CN="x"), "md5")


def test_the_serial_number_may_be_left_to_chance() -> None:
    assert keyPair().selfSignedCert(0, CN="x").serialNumber() > 0


def test_the_private_module_has_the_names_that_programs_import() -> None:
    for name in _sslverify.__all__:
        assert hasattr(_sslverify, name)

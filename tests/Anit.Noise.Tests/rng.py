"""The generator of Anit.Noise written a second time, slowly: prints the test vectors of RngTests.cs. Run: python3 rng.py
SipHash-2-4-128 is checked here against the reference implementation's first published vector and `openssl mac ... SIPHASH`;
Philox4x32-10 against the three known answers of Random123 (kat_vectors)."""
import struct

M64, M32 = (1 << 64) - 1, (1 << 32) - 1

def siphash128(key, msg):
    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D ^ 0xEE, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    rot = lambda x, b: ((x << b) | (x >> (64 - b))) & M64
    def rounds(n):
        for _ in range(n):
            v[0] = (v[0] + v[1]) & M64; v[1] = rot(v[1], 13) ^ v[0]; v[0] = rot(v[0], 32)
            v[2] = (v[2] + v[3]) & M64; v[3] = rot(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & M64; v[3] = rot(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & M64; v[1] = rot(v[1], 17) ^ v[2]; v[2] = rot(v[2], 32)
    whole = len(msg) // 8 * 8
    for i in range(0, whole, 8):
        m, = struct.unpack_from("<Q", msg, i)
        v[3] ^= m; rounds(2); v[0] ^= m
    m = ((len(msg) & 255) << 56) | int.from_bytes(msg[whole:], "little")
    v[3] ^= m; rounds(2); v[0] ^= m
    v[2] ^= 0xEE; rounds(4); low = v[0] ^ v[1] ^ v[2] ^ v[3]
    v[1] ^= 0xDD; rounds(4); high = v[0] ^ v[1] ^ v[2] ^ v[3]
    return low, high

def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & M32, (a >> 32) ^ c[3] ^ k[1], a & M32]
        k = [(k[0] + 0x9E3779B9) & M32, (k[1] + 0xBB67AE85) & M32]
    return c

def key(seed, purpose, row, epoch=None):
    message = purpose.encode() + b"\0" + struct.pack("<q", 0 if epoch is None else epoch + 1) + row.encode()
    return siphash128(struct.pack("<Q", seed) + b"ANIT-rng", message)

def stream(low, high):
    block = 0
    while True:
        yield from philox([block & M32, block >> 32, high & M32, high >> 32], [low & M32, low >> 32])
        block += 1

def below(words, n):
    while True:
        product = next(words) * n
        if product & M32 >= (1 << 32) % n: return product >> 32

if __name__ == "__main__":
    assert siphash128(bytes(range(16)), b"") == struct.unpack("<QQ", bytes.fromhex("a3817f04ba25a8e66df67214c7550293"))
    assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    assert philox([M32] * 4, [M32] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    assert philox([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]) == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]
    for case in [(42, "noise/replace", "conll2003/train/000123", None), (0, "select", "", None), (M64, "mixture", "zeile-äöü-行", 7)]:
        low, high = key(*case)
        words = stream(low, high)
        print(case, f"{low:016x} {high:016x}", [f"{next(words):08x}" for _ in range(6)])
    words = stream(*key(42, "noise/replace", "conll2003/train/000123"))
    print([below(words, n) for n in (1, 2, 3, 10, 1000, 2**31 - 1, 3 * 2**29)])

package serial

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"sync"

	"github.com/yousang/yousang/internal/trace"
)

// Length is the number of characters of a serial number: 1 for the key's number, 7 for the item's index, 4 for the check.
const Length = 12

const (
	alphabet      = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's base 32: no I, L, O, U
	checkedLength = 8                                  // characters under the check
	leftBits      = 17                                 // of the 35 bits of an index; rightBits has the rest
	rightBits     = 18
	rounds        = 10 // as many as NIST SP 800-38G demands of FF1
)

// characterValues is the value of each byte in a serial number, -1 for a byte that no serial number has; O is read as 0, I and L as 1.
var characterValues = func() (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i := range len(alphabet) {
		values[alphabet[i]] = int8(i)
	}
	values['O'], values['I'], values['L'] = 0, 1, 1
	return values
}()

// key is a secret, ready for making and reading serial numbers. A key is safe for concurrent use.
type key struct {
	number      int
	fingerprint string
	block       cipher.Block
	pool        sync.Pool // of *scratch
}

// scratch holds the buffers of one computation. Computations reuse them, so that a million serial numbers allocate a million strings and
// nothing else.
type scratch struct {
	mac     hash.Hash
	in, out [aes.BlockSize]byte
	code    [Length]byte
	sum     []byte
}

// newKey derives from a secret of 32 bytes a key for the permutation of indexes, a key for the check, and a fingerprint that identifies the
// secret without revealing the secret.
func newKey(number int, secret []byte) (*key, error) {
	block, err := aes.NewCipher(deriveKey(secret, "yousang serial order"))
	if err != nil {
		return nil, fmt.Errorf("prepare serial key %d: %w", number, err)
	}
	k := &key{number: number, fingerprint: computeFingerprint(secret), block: block}
	check := deriveKey(secret, "yousang serial check")
	k.pool.New = func() any { return &scratch{mac: hmac.New(sha256.New, check), sum: make([]byte, 0, sha256.Size)} }
	return k, nil
}

// computeFingerprint is the fingerprint of a secret: 16 hex digits.
func computeFingerprint(secret []byte) string {
	return hex.EncodeToString(deriveKey(secret, "yousang serial name")[:8])
}

func deriveKey(secret []byte, purpose string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(purpose))
	return m.Sum(nil)
}

// roundFunction is the keyed function of the Feistel network in permute.
func (k *key) roundFunction(d *scratch, i int, half uint32) uint32 {
	binary.BigEndian.PutUint32(d.in[:], uint32(i))
	binary.BigEndian.PutUint32(d.in[4:], half)
	k.block.Encrypt(d.out[:], d.in[:])
	return binary.BigEndian.Uint32(d.out[:])
}

// permute maps an index of 35 bits to another number of 35 bits, one to one; unpermute reverses permute. Neighbouring items so get serial
// numbers that do not look alike.
func (k *key) permute(d *scratch, index int64) int64 {
	l, r := uint32(index>>rightBits), uint32(index&(1<<rightBits-1))
	for i := range rounds {
		if i%2 == 0 {
			l ^= k.roundFunction(d, i, r) & (1<<leftBits - 1)
		} else {
			r ^= k.roundFunction(d, i, l) & (1<<rightBits - 1)
		}
	}
	return int64(l)<<rightBits | int64(r)
}

// unpermute reverses permute.
func (k *key) unpermute(d *scratch, n int64) int64 {
	l, r := uint32(n>>rightBits), uint32(n&(1<<rightBits-1))
	for i := rounds - 1; i >= 0; i-- {
		if i%2 == 0 {
			l ^= k.roundFunction(d, i, r) & (1<<leftBits - 1)
		} else {
			r ^= k.roundFunction(d, i, l) & (1<<rightBits - 1)
		}
	}
	return int64(l)<<rightBits | int64(r)
}

// computeCheck returns 20 bits of the keyed hash over the first checkedLength characters.
func (k *key) computeCheck(d *scratch) uint32 {
	d.mac.Reset()
	d.mac.Write(d.code[:checkedLength])
	d.sum = d.mac.Sum(d.sum[:0])
	return binary.BigEndian.Uint32(d.sum) >> 12
}

// encodeIndex makes the serial number of an index.
func (k *key) encodeIndex(index int64) string {
	d := k.pool.Get().(*scratch)
	defer k.pool.Put(d)
	n := k.permute(d, index)
	d.code[0] = alphabet[k.number]
	for i := checkedLength - 1; i > 0; i-- {
		d.code[i] = alphabet[n&31]
		n >>= 5
	}
	c := k.computeCheck(d)
	for i := Length - 1; i >= checkedLength; i-- {
		d.code[i] = alphabet[c&31]
		c >>= 5
	}
	return string(d.code[:])
}

// decodeIndex reverses encodeIndex for a serial number in the form of CleanSerial; false where the check is wrong.
func (k *key) decodeIndex(clean string) (int64, bool) {
	d := k.pool.Get().(*scratch)
	defer k.pool.Put(d)
	copy(d.code[:], clean)
	var n int64
	for _, c := range d.code[1:checkedLength] {
		n = n<<5 | int64(characterValues[c])
	}
	var check uint32
	for _, c := range d.code[checkedLength:] {
		check = check<<5 | uint32(characterValues[c])
	}
	if check != k.computeCheck(d) { // 20 bits may be guessed at will, so the time of the comparison needs no hiding
		return 0, false
	}
	return k.unpermute(d, n), true
}

// CleanSerial reads a serial number as people type, dictate or paste the number: lower case, spaces, hyphens, the wide characters of
// Chinese input, O for 0, I and L for 1. The result is the 12 characters as printed. Errors: CodeBadKey for another length or a character
// that no serial number has.
func CleanSerial(s string) (string, error) {
	var out [Length]byte
	n := 0
	for _, r := range s {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '\u3000':
			r = ' '
		}
		if r == ' ' || r == '-' {
			continue
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if n == Length || r > 127 || characterValues[byte(r)] < 0 {
			return "", malformedSerial(s)
		}
		out[n] = alphabet[characterValues[byte(r)]]
		n++
	}
	if n < Length {
		return "", malformedSerial(s)
	}
	return string(out[:]), nil
}

// malformedSerial is the error for a text that cannot be a serial number.
func malformedSerial(s string) error {
	if r := []rune(strings.ToValidUTF8(s, "·")); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return trace.E(trace.Invalid, trace.CodeBadKey, "serial", "value", s, "thing", "serial")
}

// GroupSerial writes a serial number for people, in groups of four characters.
func GroupSerial(code string) string { return trace.GroupKey(code) }

// ReadKeyNumber reads from a serial number the number of the secret key with which the serial number claims to be made. Errors: those of
// CleanSerial.
func ReadKeyNumber(code string) (int, error) {
	clean, err := CleanSerial(code)
	if err != nil {
		return 0, err
	}
	return int(characterValues[clean[0]]), nil
}

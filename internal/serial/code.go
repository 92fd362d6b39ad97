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

// Length is how many signs a serial number has: 1 for the key's number, 7 for the item's index, 4 for the check.
const Length = 12

const (
	alphabet  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's base 32: no I, L, O, U
	body      = 8                                  // signs the check is made over
	leftBits  = 17                                 // the 35 bits of an index, cut in two
	rightBits = 18
	rounds    = 10 // as many as NIST SP 800-38G asks of FF1
)

// signs is the value of each byte in a serial number, -1 for what cannot be one; O is read as 0, I and L as 1.
var signs = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = int8(i)
	}
	t['O'], t['I'], t['L'] = 0, 1, 1
	return t
}()

// key is a secret made ready. It is safe for concurrent use.
type key struct {
	number int
	sum    string
	block  cipher.Block
	pool   sync.Pool // of *desk
}

// desk is what one computation needs, used again and again so that a million codes make a million strings and nothing else.
type desk struct {
	mac     hash.Hash
	in, out [aes.BlockSize]byte
	code    [Length]byte
	sum     []byte
}

// newKey makes a secret of 32 bytes ready: one key for the order of the indexes, another for the check, and a fingerprint that names the
// secret without telling it.
func newKey(number int, secret []byte) (*key, error) {
	block, err := aes.NewCipher(derive(secret, "yousang serial order"))
	if err != nil {
		return nil, fmt.Errorf("prepare serial key %d: %w", number, err)
	}
	k := &key{number: number, sum: sumOf(secret), block: block}
	check := derive(secret, "yousang serial check")
	k.pool.New = func() any { return &desk{mac: hmac.New(sha256.New, check), sum: make([]byte, 0, sha256.Size)} }
	return k, nil
}

// sumOf is the fingerprint of a secret: 16 hex digits.
func sumOf(secret []byte) string {
	return hex.EncodeToString(derive(secret, "yousang serial name")[:8])
}

func derive(secret []byte, purpose string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(purpose))
	return m.Sum(nil)
}

// round is the keyed function of the Feistel network.
func (k *key) round(d *desk, i int, half uint32) uint32 {
	binary.BigEndian.PutUint32(d.in[:], uint32(i))
	binary.BigEndian.PutUint32(d.in[4:], half)
	k.block.Encrypt(d.out[:], d.in[:])
	return binary.BigEndian.Uint32(d.out[:])
}

// scatter puts an index of 35 bits in another place among all such numbers; gather is the way back.
func (k *key) scatter(d *desk, index int64) int64 {
	l, r := uint32(index>>rightBits), uint32(index&(1<<rightBits-1))
	for i := range rounds {
		if i%2 == 0 {
			l ^= k.round(d, i, r) & (1<<leftBits - 1)
		} else {
			r ^= k.round(d, i, l) & (1<<rightBits - 1)
		}
	}
	return int64(l)<<rightBits | int64(r)
}

func (k *key) gather(d *desk, n int64) int64 {
	l, r := uint32(n>>rightBits), uint32(n&(1<<rightBits-1))
	for i := rounds - 1; i >= 0; i-- {
		if i%2 == 0 {
			l ^= k.round(d, i, r) & (1<<leftBits - 1)
		} else {
			r ^= k.round(d, i, l) & (1<<rightBits - 1)
		}
	}
	return int64(l)<<rightBits | int64(r)
}

// check is 20 bits of the keyed hash over the first signs.
func (k *key) check(d *desk) uint32 {
	d.mac.Reset()
	d.mac.Write(d.code[:body])
	d.sum = d.mac.Sum(d.sum[:0])
	return binary.BigEndian.Uint32(d.sum) >> 12
}

// code is the serial number of an index.
func (k *key) code(index int64) string {
	d := k.pool.Get().(*desk)
	defer k.pool.Put(d)
	n := k.scatter(d, index)
	d.code[0] = alphabet[k.number]
	for i := body - 1; i > 0; i-- {
		d.code[i] = alphabet[n&31]
		n >>= 5
	}
	c := k.check(d)
	for i := Length - 1; i >= body; i-- {
		d.code[i] = alphabet[c&31]
		c >>= 5
	}
	return string(d.code[:])
}

// index is the way back from a clean serial number; false where the check is wrong.
func (k *key) index(clean string) (int64, bool) {
	d := k.pool.Get().(*desk)
	defer k.pool.Put(d)
	copy(d.code[:], clean)
	var n int64
	for _, c := range d.code[1:body] {
		n = n<<5 | int64(signs[c])
	}
	var told uint32
	for _, c := range d.code[body:] {
		told = told<<5 | uint32(signs[c])
	}
	if told != k.check(d) { // 20 bits that anybody may guess at: there is nothing to hide in how long it takes
		return 0, false
	}
	return k.gather(d, n), true
}

// Clean reads a serial number as people type, say or paste it: lower case, spaces, hyphens, the wide signs of Chinese input, O for 0, I and L
// for 1. It returns the 12 signs as they are printed. Errors: CodeBadKey for another length or a sign that no number has.
func Clean(s string) (string, error) {
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
		if n == Length || r > 127 || signs[byte(r)] < 0 {
			return "", bad(s)
		}
		out[n] = alphabet[signs[byte(r)]]
		n++
	}
	if n < Length {
		return "", bad(s)
	}
	return string(out[:]), nil
}

func bad(s string) error {
	if r := []rune(strings.ToValidUTF8(s, "·")); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return trace.E(trace.Invalid, trace.CodeBadKey, "serial", "value", s, "thing", "serial")
}

// Group writes a serial number as people read it, in groups of four.
func Group(code string) string { return trace.GroupKey(code) }

// KeyNumber is the number of the secret key a serial number claims to be made with. Errors: those of Clean.
func KeyNumber(code string) (int, error) {
	clean, err := Clean(code)
	if err != nil {
		return 0, err
	}
	return int(signs[clean[0]]), nil
}

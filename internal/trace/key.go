package trace

import (
	"crypto/rand"
	"strings"
)

// KeyLength is the length of a lot's key, check character included.
const KeyLength = 12

// keyAlphabet has 29 characters, a prime, so that a weighted sum finds every wrong character and every swap of two. B, I, L, O, S, 0 and 1
// are left out: these characters are mistaken for one another in print and on the phone.
const keyAlphabet = "23456789ACDEFGHJKMNPQRTUVWXYZ"

// NewKey makes an unguessable key: 11 random characters (53 bits) and a check character.
func NewKey() string {
	return MakeKey(func(b []byte) { _, _ = rand.Read(b) }) // never fails since Go 1.24
}

// MakeKey makes a key of the bytes that fill gives; with a seeded source the same keys each time, for made-up data only.
func MakeKey(fill func([]byte)) string {
	var b [KeyLength]byte
	var buf [32]byte
	n := 0
	for n < KeyLength-1 {
		fill(buf[:])
		for _, r := range buf {
			if r >= 29*8 { // keep every character equally likely
				continue
			}
			b[n] = keyAlphabet[r%29]
			if n++; n == KeyLength-1 {
				break
			}
		}
	}
	b[n] = checkCharacter(b[:n])
	return string(b[:])
}

func checkCharacter(s []byte) byte {
	sum := 0
	for i, c := range s {
		sum += (i + 2) * strings.IndexByte(keyAlphabet, c)
	}
	return keyAlphabet[(29-sum%29)%29]
}

// ParseKey reads a key as people type or say it: lower case, spaces, hyphens, B for 8 and S for 5. Errors: CodeBadKey.
func ParseKey(s string) (string, error) {
	b := make([]byte, 0, KeyLength+1)
	for i := 0; i < len(s) && len(b) <= KeyLength; i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '-':
			continue
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		switch c {
		case 'B':
			c = '8'
		case 'S':
			c = '5'
		}
		b = append(b, c)
	}
	good := len(b) == KeyLength
	for _, c := range b {
		good = good && strings.IndexByte(keyAlphabet, c) >= 0
	}
	if !good || checkCharacter(b[:KeyLength-1]) != b[KeyLength-1] {
		return "", E(Invalid, CodeBadKey, "", "value", Clip(s))
	}
	return string(b), nil
}

// GroupKey writes a key as people read it, in groups of four.
func GroupKey(key string) string {
	if len(key) != KeyLength {
		return key
	}
	return key[:4] + " " + key[4:8] + " " + key[8:]
}

package trace

import (
	"strings"
	"testing"
)

func TestKeyFindsEveryWrongSign(t *testing.T) {
	for range 20 {
		key := NewKey()
		for i := range KeyLength {
			for _, c := range []byte(keyAlphabet) {
				if c == key[i] {
					continue
				}
				wrong := key[:i] + string(c) + key[i+1:]
				if _, err := ParseKey(wrong); err == nil {
					t.Fatalf("%s passes for %s", wrong, key)
				}
			}
		}
	}
}

func TestKeyFindsEverySwap(t *testing.T) {
	for range 200 {
		key := NewKey()
		for i := range KeyLength {
			for j := i + 1; j < KeyLength; j++ {
				b := []byte(key)
				b[i], b[j] = b[j], b[i]
				if string(b) == key {
					continue
				}
				if _, err := ParseKey(string(b)); err == nil {
					t.Fatalf("%s passes for %s", b, key)
				}
			}
		}
	}
}

func TestNewKeysDiffer(t *testing.T) {
	seen := map[string]bool{}
	characters := map[rune]bool{}
	for range 5000 {
		key := NewKey()
		if seen[key] {
			t.Fatalf("%s came twice", key)
		}
		seen[key] = true
		for _, c := range key {
			characters[c] = true
		}
	}
	if len(characters) != len(keyAlphabet) {
		t.Fatalf("%d characters occur, want %d", len(characters), len(keyAlphabet))
	}
	if strings.ContainsAny(keyAlphabet, "BILOS01") {
		t.Fatal("the alphabet has characters that are mistaken for one another")
	}
}

// keyWith is a key with a wanted beginning.
func keyWith(beginning string) string {
	b := []byte(beginning + strings.Repeat("2", KeyLength-1-len(beginning)))
	return string(append(b, checkCharacter(b)))
}

func TestParseKeyForgives(t *testing.T) {
	key := keyWith("85ACDEFGH")
	for name, in := range map[string]string{
		"as it is":        key,
		"lower case":      strings.ToLower(key),
		"groups of four":  GroupKey(key),
		"hyphens":         strings.ReplaceAll(GroupKey(key), " ", "-"),
		"spaces around":   "  " + key + " ",
		"B for 8":         "B" + key[1:],
		"small b, S":      "bs" + key[2:],
		"a space a piece": strings.Join(strings.Split(key, ""), " "),
	} {
		if got, err := ParseKey(in); err != nil || got != key {
			t.Errorf("%s: ParseKey(%q) = %q, %v, want %q", name, in, got, err, key)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	key := keyWith("ACDEFGH")
	for name, in := range map[string]string{
		"nothing": "", "too short": key[:11], "too long": key + "2", "much too long": strings.Repeat(key, 100), "a zero": "0" + key[1:],
		"letter O": "O" + key[1:], "letter I": "I" + key[1:], "Chinese": "柚" + key[1:], "wrong check character": key[:11] + "?",
		"spaces": "            ",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseKey(in)
			expectCode(t, err, CodeBadKey, "")
		})
	}
}

func TestGroupKey(t *testing.T) {
	if got := GroupKey("23456789ACDE"); got != "2345 6789 ACDE" {
		t.Errorf("got %q", got)
	}
	if got := GroupKey("short"); got != "short" {
		t.Errorf("got %q, want it unchanged", got)
	}
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"", "23456789ACDE", "b5-xy 77", keyWith("ACD"), strings.ToLower(keyWith("85")), "柚子"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, err := ParseKey(s)
		if err != nil {
			return
		}
		if len(key) != KeyLength || strings.Trim(key, keyAlphabet) != "" {
			t.Fatalf("ParseKey(%q) = %q", s, key)
		}
		for _, form := range []string{key, GroupKey(key), strings.ToLower(key)} {
			if again, err := ParseKey(form); err != nil || again != key {
				t.Fatalf("ParseKey(%q) = %q, %v, want %q", form, again, err, key)
			}
		}
	})
}

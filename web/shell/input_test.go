package shell

import (
	"strings"
	"testing"
)

func FuzzPlainInput(f *testing.F) {
	for _, s := range []string{"Ｕ９ＵＱ　ＡＢ", "https：//x／lot／A?b#c", "\xff\xef\xbc", "%zz/%", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := PlainInput(s)
		if again := PlainInput(once); again != once {
			t.Errorf("%q folds to %q and then to %q", s, once, again)
		}
		if strings.ContainsFunc(once, func(r rune) bool { return r >= '！' && r <= '～' || r == '\u3000' }) {
			t.Errorf("%q folds to %q", s, once)
		}
		if a := AddressIn(once); strings.HasSuffix(a, "/") || strings.HasSuffix(a, " ") || len(a) > len(once) {
			t.Errorf("the address in %q is %q", once, a)
		}
	})
}

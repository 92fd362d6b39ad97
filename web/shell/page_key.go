package shell

import "github.com/yousang/yousang/internal/locale"

// PageKey names a kept page. The key holds everything that the bytes of the page depend on, besides the ledger and the program: its path
// and its language. A page that depends on anything else (a session, a cookie, a header, the address of the reader) cannot be kept, because
// the function that makes kept pages is given the key and nothing of the request: see RenderFunc.
type PageKey struct {
	path     string
	language pageLanguage
}

// pageLanguage is the language of a page, and whether the address chose the language: links on the page keep the language then.
type pageLanguage uint8

const (
	inEnglish pageLanguage = 1 << iota
	chosen
)

// newPageKey is the one place where a key is made. A look-up by the bytes of a request (pageCache.find) makes the same key in place, so
// that the look-up allocates nothing.
func newPageKey(path string, lang Language) PageKey {
	return PageKey{path: path, language: lang.forKey()}
}

func (l Language) forKey() pageLanguage {
	var key pageLanguage
	if l.Printer.Lang() == locale.English {
		key = inEnglish
	}
	if l.Chosen {
		key |= chosen
	}
	return key
}

// Path is the path of the page, in its one form.
func (k PageKey) Path() string { return k.path }

// languageOf is the language that a key names.
func (s *Site) languageOf(k PageKey) Language {
	name := locale.Chinese
	if k.language&inEnglish != 0 {
		name = locale.English
	}
	return Language{Printer: s.Words.In(name), Chosen: k.language&chosen != 0}
}

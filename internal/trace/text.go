package trace

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostQuoted is the length in characters to which an error shortens what it quotes.
const mostQuoted = 60

// Clip shortens a text that an error quotes to 60 characters, so that the message stays short whatever the sender wrote.
func Clip(s string) string { return ClipTo(s, mostQuoted) }

// ClipTo shortens a text to a number of characters and marks the cut with an ellipsis.
func ClipTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// checkPlainText refuses what is no text for people: control characters, broken UTF-8, and the marks that turn the direction of what
// follows (a name must not be able to rewrite the line it stands in).
func checkPlainText(field, s string) error {
	if strings.IndexFunc(s, isUnprintable) >= 0 || !utf8.ValidString(s) {
		return E(Invalid, CodeBadValue, field, "value", Clip(strings.Map(func(r rune) rune {
			if isUnprintable(r) {
				return '·'
			}
			return r
		}, strings.ToValidUTF8(s, "·"))))
	}
	return nil
}

func isUnprintable(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// checkTexts checks all that an event says in words.
func (e *Event) checkTexts() error {
	check := []struct{ field, text string }{{"yousang:reason", e.Reason}, {"yousang:comment", e.Comment}, {"yousang:step", e.Step}}
	if w := e.Work; w != nil {
		check = append(check, []struct{ field, text string }{{"yousang:work.yousang:agent", w.Agent}, {"yousang:work.yousang:dose", w.Dose},
			{"yousang:work.yousang:target", w.Target}}...)
	}
	for i := range e.Differences {
		check = append(check, struct{ field, text string }{IndexedField("yousang:differences", i), e.Differences[i].Reason})
	}
	for _, c := range check {
		if err := checkPlainText(c.field, c.text); err != nil {
			return err
		}
	}
	if err := checkPlainAttributes("yousang:evidence", e.Evidence); err != nil || e.Ilmd == nil {
		return err
	}
	for i := range e.Ilmd.Lots {
		f := &e.Ilmd.Lots[i]
		at := IndexedField("ilmd.yousang:lots", i)
		for _, s := range []string{f.Grade, f.Grower} {
			if err := checkPlainText(at, s); err != nil {
				return err
			}
		}
		if err := checkPlainAttributes(at, f.Attributes); err != nil {
			return err
		}
	}
	return nil
}

func checkPlainAttributes(field string, list []Attribute) error {
	for i := range list {
		for _, s := range []string{list[i].Name, list[i].Value} {
			if err := checkPlainText(IndexedField(field, i), s); err != nil {
				return err
			}
		}
	}
	return nil
}

package consumer

import (
	"html/template"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/story"
)

// contact is a number to call.
type contact struct {
	Name, Number string
	Tel          template.URL // made of digits only
}

const (
	mostHolderContacts = 2 // holders to call
	mostContacts       = 4 // organisations to call; bureaus are added up to this number
)

// listContacts lists whom to call about a lot: the holder, the maker, the county's bureau, and the two public lines.
func listContacts(st *story.Story) []contact {
	var out []contact
	add := func(id string) {
		o, ok := st.Ledger.Organisation(id)
		if c := newContact(st.PickName(o.Name, o.NameEn), o.Contact); ok && c.Number != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, h := range st.Root.Holdings {
		if len(out) < mostHolderContacts {
			add(h.Holder.ID)
		}
	}
	add(st.Root.Made.Org.ID)
	for _, o := range st.Ledger.Organisations() {
		if o.Kind == "bureau" && len(out) < mostContacts {
			add(o.ID)
		}
	}
	return append(out, listHotlines(st.Printer, st.Root.Status != "recalled")...)
}

// listHotlines lists the public line for consumers 12315, and with farming also the line for farming 12316.
func listHotlines(words *locale.Printer, farming bool) []contact {
	out := []contact{newContact(words.T("page.line.12315"), "12315")}
	if farming {
		out = append(out, newContact(words.T("page.line.12316"), "12316"))
	}
	return out
}

func newContact(name, number string) contact {
	tel := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return contact{Name: name, Number: number, Tel: template.URL("tel:" + tel)}
}

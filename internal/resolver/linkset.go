package resolver

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/yousang/yousang/internal/trace"
)

// Entity is one of the things that a code names: an item, its lot, its product, each a level of the code.
type Entity struct {
	Anchor      string // identifier as an address of this resolver, uncompressed
	Description string // in the reader's language
	Default     trace.WebLink
	Links       []trace.WebLink // the default link among them, under its own link type
}

// Linkset is the levels of a code with their links, the finest level first.
type Linkset []Entity

// FindLinks lists the links of a type at the finest level with such links: a lot's certificate goes before its product's.
func (s Linkset) FindLinks(linkType string) []trace.WebLink {
	if linkType == DefaultLink && len(s) > 0 {
		return []trace.WebLink{s[0].Default}
	}
	for i := range s {
		var found []trace.WebLink
		for _, l := range s[i].Links {
			if l.LinkType == linkType {
				found = append(found, l)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// KeepOnly returns the finest level with these links alone: the candidates among which the request's preferences do not decide.
func (s Linkset) KeepOnly(links []trace.WebLink) Linkset {
	if len(s) == 0 {
		return nil
	}
	for i := range s {
		if slices.ContainsFunc(s[i].Links, func(l trace.WebLink) bool {
			return len(links) > 0 && l.Href == links[0].Href && l.LinkType == links[0].LinkType
		}) {
			return Linkset{{Anchor: s[i].Anchor, Description: s[i].Description, Links: links}}
		}
	}
	return Linkset{{Anchor: s[0].Anchor, Description: s[0].Description, Links: links}}
}

// linkTarget is a link as a link set writes links (RFC 9264 §4.2.3 and GS1's schema).
type linkTarget struct {
	Href     string   `json:"href"`
	Title    string   `json:"title"`
	Type     string   `json:"type,omitempty"`
	Hreflang []string `json:"hreflang,omitempty"`
	Context  []string `json:"context,omitempty"`
}

// MarshalJSON writes a level as a link context object. The default link has an address and a title only: GS1's standard allows the default
// link no other attribute.
func (e Entity) MarshalJSON() ([]byte, error) {
	members := map[string]any{"anchor": e.Anchor, "itemDescription": e.Description}
	for _, l := range e.Links {
		name := expandCURIE(l.LinkType)
		list, _ := members[name].([]linkTarget)
		members[name] = append(list, linkTarget{
			Href: l.Href, Title: l.Title, Type: l.Type, Hreflang: listSchemaLanguages(l.Hreflang), Context: l.Context,
		})
	}
	if e.Default.Href != "" {
		members[expandCURIE(DefaultLink)] = []linkTarget{{Href: e.Default.Href, Title: e.Default.Title}}
	}
	b, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("encode level: %w", err)
	}
	return b, nil
}

// listSchemaLanguages lists the languages that GS1's schema allows: two letters, alone or with two for a region. Others are left out.
func listSchemaLanguages(list []string) (out []string) {
	for _, tag := range list {
		if len(tag) == 2 || len(tag) == 5 && tag[2] == '-' {
			out = append(out, tag)
		}
	}
	return out
}

// document is the whole answer; a document embedded in a page names its JSON-LD context itself.
type document struct {
	Context string  `json:"@context,omitempty"`
	Linkset Linkset `json:"linkset"`
}

// EncodeJSON writes the link set as a document of the type application/linkset+json. The document may stand inside HTML: <, > and & are
// escaped. An error is a fault of the program.
func (s Linkset) EncodeJSON() ([]byte, error) { return s.encodeDocument("") }

// EncodeEmbedded writes the link set as JSON-LD for a page. An error is a fault of the program.
func (s Linkset) EncodeEmbedded() ([]byte, error) { return s.encodeDocument(Context) }

func (s Linkset) encodeDocument(context string) ([]byte, error) {
	if s == nil {
		s = Linkset{}
	}
	b, err := json.Marshal(document{context, s})
	if err != nil {
		return nil, fmt.Errorf("encode link set: %w", err)
	}
	return b, nil
}

// Description is the resolver description file of /.well-known/gs1resolver.
type Description struct {
	Name                        string      `json:"name"`
	ResolverRoot                string      `json:"resolverRoot"`
	SupportedPrimaryKeys        []string    `json:"supportedPrimaryKeys"`
	SupportedLinkType           []namespace `json:"supportedLinkType"`
	LinkTypeDefaultCanBeLinkset bool        `json:"linkTypeDefaultCanBeLinkset"`
	JSONLDContextLocation       string      `json:"jsonLdContextLocation"`
}

type namespace struct {
	Namespace string `json:"namespace"`
	Prefix    string `json:"prefix"`
}

// DescribeResolver makes the description of a resolver at a root address for the given primary keys.
func DescribeResolver(name, root string, keys []string) Description {
	d := Description{Name: name, ResolverRoot: root, SupportedPrimaryKeys: keys, JSONLDContextLocation: Context}
	for _, ns := range namespaces[:2] {
		d.SupportedLinkType = append(d.SupportedLinkType, namespace{ns, Prefix})
	}
	return d
}

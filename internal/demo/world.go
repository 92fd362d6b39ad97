package demo

import (
	"fmt"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Orgs are the demo's organisations in the order in which they are shown.
var Orgs = []struct{ Slug, Name, Kind, Place, Contact string }{
	{"longtan", "龙滩村柚子合作社（演示）", "cooperative", "longtan", ""},
	{"linjia", "邻村甲柚子合作社（演示）", "cooperative", "linjia", ""},
	{"linyi", "邻村乙柚子合作社（演示）", "cooperative", "linyi", ""},
	{"linbing", "邻村丙柚子合作社（演示）", "cooperative", "linbing", ""},
	{"zhongyuan", "中元村蚕桑合作社（演示）", "cooperative", "zhongyuan", ""},
	{"lincun1", "邻村一蚕桑合作社（演示）", "cooperative", "lincun1", ""},
	{"lincun2", "邻村二蚕桑合作社（演示）", "cooperative", "lincun2", ""},
	{"lincun3", "邻村三蚕桑合作社（演示）", "cooperative", "lincun3", ""},
	{"hexing-works", "合兴柚子初加工厂（演示）", "processor", "hexing", ""},
	{"hexing-candy", "合兴果脯厂（演示）", "processor", "hexing", ""},
	{"shihui-station", "石会茧站（演示）", "processor", "shihui", ""},
	{"shihui-quilt", "石会蚕丝被厂（演示）", "processor", "shihui", ""},
	{"shihui-fungi", "石会菌业（演示）", "processor", "shihui", ""},
	{"shihui-tea", "石会桑叶茶厂（演示）", "processor", "shihui", ""},
	{"liangping-park", "梁平农产品加工园（演示）", "park", "liangping", "023-0000-0001"},
	{"qianjiang-park", "黔江丝绸园（演示）", "park", "qianjiang", "023-0000-0002"},
	{"bureau", "农业农村主管部门（演示）", "bureau", "liangping", "12316"},
	{"market", "外地批发市场（演示）", "supplier", "waidi", ""},
}

var tierOf = map[string]trace.Tier{"cooperative": trace.Village, "processor": trace.Town, "park": trace.County, "bureau": trace.County, "supplier": trace.Outside}

// village is a village with its co-operative (of the same slug) and its groups.
type village struct {
	slug, name, town, code string
	groups                 int
	mu                     int64 // of one group's plot
}

var pomeloVillages = []village{
	{"longtan", "龙滩村", "hexing", "500155", 6, 70}, {"linjia", "邻村甲", "hexing", "500155", 5, 70},
	{"linyi", "邻村乙", "hexing", "500155", 5, 70}, {"linbing", "邻村丙", "hexing", "500155", 5, 70},
}

var silkVillages = []village{
	{"zhongyuan", "中元村", "shihui", "500114", 5, 4}, {"lincun1", "邻村一", "shihui", "500114", 5, 4},
	{"lincun2", "邻村二", "shihui", "500114", 5, 4}, {"lincun3", "邻村三", "shihui", "500114", 5, 4},
}

var numerals = []string{"一", "二", "三", "四", "五", "六"}

func (m *maker) world() {
	m.place("chongqing", "重庆市", "county", "", trace.County, "500000", 0)
	m.place("liangping", "梁平区", "county", "chongqing", trace.County, "500155", 0)
	m.place("qianjiang", "黔江区", "county", "chongqing", trace.County, "500114", 0)
	m.place("hexing", "合兴街道", "town", "liangping", trace.Town, "500155", 0)
	m.place("shihui", "石会镇", "town", "qianjiang", trace.Town, "500114", 0)
	m.place("waidi", "外地", "site", "", trace.Outside, "", 0)
	for _, list := range [][]village{pomeloVillages, silkVillages} {
		for _, v := range list {
			m.place(v.slug, v.name, "village", v.town, trace.Village, v.code, 0)
		}
	}
	for _, o := range Orgs {
		m.master(trace.KindOrganisation, trace.Organisation{ID: m.r.ID("org", o.Slug), Name: o.Name, Kind: o.Kind, Tier: tierOf[o.Kind],
			Place: m.r.ID("place", o.Place), Contact: o.Contact})
	}
	for _, c := range m.r.Chains.Chains() {
		for _, p := range c.MasterProducts(m.r.Ledger.Namespace()) {
			switch trace.KeyOf(p.ID) { // the makers' own net masses
			case "silk-quilt":
				p.NetMass = trace.Whole(8) / 5
			case "silk-pillow":
				p.NetMass = trace.Whole(14) / 5
			}
			m.master(trace.KindProduct, p)
		}
	}
	// 952 is GS1's prefix for demonstrations: no real company has this number.
	m.master(trace.KindProduct, trace.Product{ID: m.r.ID("product", "pomelo-box.gift"), Name: "梁平柚礼盒", NameEn: "Pomelo gift box", Chain: "pomelo",
		GTIN: "09520123456788", Unit: trace.Box, CountWord: "箱", NetMass: trace.Whole(5), Certificate: true})
	m.plots = map[string][]plot{}
	m.groups(pomeloVillages, "pomelo-fruit", "2025年柚子", "2026年柚子")
	m.groups(silkVillages, "silk-leaf", "2025年桑园", "2026年桑园")
}

func (m *maker) place(slug, name, kind, parent string, tier trace.Tier, code string, mu int64) {
	m.master(trace.KindPlace, trace.Place{ID: m.r.ID("place", slug), Name: name, Kind: kind, Parent: m.r.ID("place", parent), Tier: tier, AdminCode: code,
		AreaMu: trace.Whole(mu)})
}

// groups makes the village groups (村民小组) with their seasons of two years.
func (m *maker) groups(list []village, product, thisYear, nextYear string) {
	for _, v := range list {
		for g := range v.groups {
			slug := fmt.Sprintf("%s-g%d", v.slug, g+1)
			m.place(slug, v.name+numerals[g]+"组", "group", v.slug, trace.Village, v.code, v.mu)
			p := plot{place: slug, org: v.slug, season: slug + "-2025", next: slug + "-2026", mu: v.mu}
			for i, s := range []struct{ id, name string }{{p.season, thisYear}, {p.next, nextYear}} {
				m.master(trace.KindSeason, trace.Season{ID: m.r.ID("season", s.id), Name: s.name, Org: m.r.ID("org", v.slug), Place: m.r.ID("place", slug),
					Product: m.r.ID("product", product), From: trace.NewTime(day(2025+i, time.January, 1, 0)), To: trace.NewTime(day(2025+i, time.December, 31, 0))})
			}
			m.plots[v.slug] = append(m.plots[v.slug], p)
		}
	}
}

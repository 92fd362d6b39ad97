package demo

import (
	"fmt"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Organisations are the demo's organisations in the order in which they are shown.
var Organisations = []struct{ Slug, Name, NameEn, Kind, Place, Contact string }{
	{"longtan", "龙滩村柚子合作社（演示）", "Longtan Village Pomelo Co-operative (demo)", "cooperative", "longtan", ""},
	{"linjia", "邻村甲柚子合作社（演示）", "Neighbour Village A Pomelo Co-operative (demo)", "cooperative", "linjia", ""},
	{"linyi", "邻村乙柚子合作社（演示）", "Neighbour Village B Pomelo Co-operative (demo)", "cooperative", "linyi", ""},
	{"linbing", "邻村丙柚子合作社（演示）", "Neighbour Village C Pomelo Co-operative (demo)", "cooperative", "linbing", ""},
	{"zhongyuan", "中元村蚕桑合作社（演示）", "Zhongyuan Village Sericulture Co-operative (demo)", "cooperative", "zhongyuan", ""},
	{"lincun1", "邻村一蚕桑合作社（演示）", "Neighbour Village 1 Sericulture Co-operative (demo)", "cooperative", "lincun1", ""},
	{"lincun2", "邻村二蚕桑合作社（演示）", "Neighbour Village 2 Sericulture Co-operative (demo)", "cooperative", "lincun2", ""},
	{"lincun3", "邻村三蚕桑合作社（演示）", "Neighbour Village 3 Sericulture Co-operative (demo)", "cooperative", "lincun3", ""},
	{"hexing-works", "合兴柚子初加工厂（演示）", "Hexing Pomelo Works (demo)", "processor", "hexing", ""},
	{"hexing-candy", "合兴果脯厂（演示）", "Hexing Candied Fruit Works (demo)", "processor", "hexing", ""},
	{"shihui-station", "石会茧站（演示）", "Shihui Cocoon Station (demo)", "processor", "shihui", ""},
	{"shihui-quilt", "石会蚕丝被厂（演示）", "Shihui Silk Quilt Works (demo)", "processor", "shihui", ""},
	{"shihui-fungi", "石会菌业（演示）", "Shihui Mushroom Works (demo)", "processor", "shihui", ""},
	{"shihui-tea", "石会桑叶茶厂（演示）", "Shihui Mulberry Tea Works (demo)", "processor", "shihui", ""},
	{"liangping-park", "梁平农产品加工园（演示）", "Liangping Food Processing Park (demo)", "park", "liangping", "023-0000-0001"},
	{"qianjiang-park", "黔江丝绸园（演示）", "Qianjiang Silk Park (demo)", "park", "qianjiang", "023-0000-0002"},
	{"bureau", "农业农村主管部门（演示）", "Agriculture Bureau (demo)", "bureau", "liangping", "12316"},
	{"market", "外地批发市场（演示）", "Wholesale Market elsewhere (demo)", "supplier", "waidi", ""},
}

var tierOf = map[string]trace.Tier{"cooperative": trace.Village, "processor": trace.Town, "park": trace.County, "bureau": trace.County,
	"supplier": trace.Outside}

// village is a village with its co-operative (of the same slug) and its groups.
type village struct {
	slug, name, nameEn, town, code string
	groups                         int
	mu                             int64 // of one group's plot
}

var pomeloVillages = []village{
	{"longtan", "龙滩村", "Longtan Village", "hexing", "500155", 6, 70}, {"linjia", "邻村甲", "Neighbour Village A", "hexing", "500155", 5, 70},
	{"linyi", "邻村乙", "Neighbour Village B", "hexing", "500155", 5, 70}, {"linbing", "邻村丙", "Neighbour Village C", "hexing", "500155", 5,
		70},
}

var silkVillages = []village{
	{"zhongyuan", "中元村", "Zhongyuan Village", "shihui", "500114", 5, 4}, {"lincun1", "邻村一", "Neighbour Village 1", "shihui", "500114", 5,
		4},
	{"lincun2", "邻村二", "Neighbour Village 2", "shihui", "500114", 5, 4}, {"lincun3", "邻村三", "Neighbour Village 3", "shihui", "500114", 5,
		4},
}

var numerals = []string{"一", "二", "三", "四", "五", "六"}

func (m *seasonMaker) recordMasterData() {
	m.recordPlace(trace.Place{ID: "chongqing", Name: "重庆市", NameEn: "Chongqing", Kind: "county", Tier: trace.County, AdminCode: "500000"})
	m.recordPlace(trace.Place{ID: "liangping", Name: "梁平区", NameEn: "Liangping", Kind: "county", Parent: "chongqing", Tier: trace.County,
		AdminCode: "500155"})
	m.recordPlace(trace.Place{ID: "qianjiang", Name: "黔江区", NameEn: "Qianjiang", Kind: "county", Parent: "chongqing", Tier: trace.County,
		AdminCode: "500114"})
	m.recordPlace(trace.Place{ID: "hexing", Name: "合兴街道", NameEn: "Hexing", Kind: "town", Parent: "liangping", Tier: trace.Town,
		AdminCode: "500155"})
	m.recordPlace(trace.Place{ID: "shihui", Name: "石会镇", NameEn: "Shihui", Kind: "town", Parent: "qianjiang", Tier: trace.Town,
		AdminCode: "500114"})
	m.recordPlace(trace.Place{ID: "waidi", Name: "外地", NameEn: "elsewhere", Kind: "site", Tier: trace.Outside})
	for _, list := range [][]village{pomeloVillages, silkVillages} {
		for _, v := range list {
			m.recordPlace(trace.Place{ID: v.slug, Name: v.name, NameEn: v.nameEn, Kind: "village", Parent: v.town, Tier: trace.Village,
				AdminCode: v.code})
		}
	}
	for _, o := range Organisations {
		m.recordMaster(trace.Organisation{ID: m.app.CompleteID("org", o.Slug), Name: o.Name, NameEn: o.NameEn, Kind: o.Kind, Tier: tierOf[o.Kind],
			Place: m.app.CompleteID("place", o.Place), Contact: o.Contact})
	}
	for _, c := range m.app.Chains.Chains() {
		for _, p := range c.MasterProducts(m.app.Namespace()) {
			switch trace.KeyOf(p.ID) { // the makers' own net masses
			case "silk-quilt":
				p.NetMass = trace.Whole(8) / 5
			case "silk-pillow":
				p.NetMass = trace.Whole(14) / 5
			}
			m.recordMaster(p)
		}
	}
	// 952 is GS1's prefix for demonstrations: no real company has this number.
	m.recordMaster(trace.Product{ID: m.app.CompleteID("product", "pomelo-box.gift"), Name: "梁平柚礼盒", NameEn: "Pomelo gift box", Chain: "pomelo",
		GTIN: "09520123456788", Unit: trace.Box, CountWord: "箱", NetMass: trace.Whole(5), Certificate: true})
	m.plots = map[string][]plot{}
	m.recordGroups(pomeloVillages, "pomelo-fruit", "2025年柚子", "2026年柚子")
	m.recordGroups(silkVillages, "silk-leaf", "2025年桑园", "2026年桑园")
}

// recordPlace records a place; its identifiers are slugs here.
func (m *seasonMaker) recordPlace(p trace.Place) {
	p.ID, p.Parent = m.app.CompleteID("place", p.ID), m.app.CompleteID("place", p.Parent)
	m.recordMaster(p)
}

// recordGroups makes the village groups (村民小组) with their seasons of two years.
func (m *seasonMaker) recordGroups(list []village, product, thisYear, nextYear string) {
	for _, v := range list {
		for g := range v.groups {
			slug := fmt.Sprintf("%s-g%d", v.slug, g+1)
			m.recordPlace(trace.Place{
				ID: slug, Name: v.name + numerals[g] + "组", NameEn: fmt.Sprintf("Group %d", g+1), Kind: "group", Parent: v.slug,
				Tier: trace.Village, AdminCode: v.code, AreaMu: trace.Whole(v.mu),
			})
			p := plot{place: slug, org: v.slug, season: slug + "-2025", next: slug + "-2026", mu: v.mu}
			for i, s := range []struct{ id, name string }{{p.season, thisYear}, {p.next, nextYear}} {
				m.recordMaster(trace.Season{
					ID: m.app.CompleteID("season", s.id), Name: s.name, Org: m.app.CompleteID("org", v.slug), Place: m.app.CompleteID("place", slug),
					Product: m.app.CompleteID("product", product), From: trace.NewTime(chinaTime(2025+i, time.January, 1, 0)),
					To: trace.NewTime(chinaTime(2025+i, time.December, 31, 0)),
				})
			}
			m.plots[v.slug] = append(m.plots[v.slug], p)
		}
	}
}

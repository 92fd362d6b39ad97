package bench

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

type object = map[string]any

// registerCounty registers the county, its organisations and products, and creates the keys of the measurement.
func (r *measurement) registerCounty(context.Context) error {
	r.emptyMemory = residentMemory(r.server.pid)
	r.size.Lots = r.lotCount()
	admin := r.server.newClient(r.server.adminKey, 1).newConnection()
	for _, m := range countyMasters() {
		if err := admin.postJSON("/api/v1/"+m.path, m.body, nil); err != nil {
			return fmt.Errorf("register %s: %w", m.path, err)
		}
	}
	keys := map[string]*client{}
	for role, org := range map[string]string{"operator": "b-coop", "bureau": "b-bureau"} {
		var made struct{ Token string }
		if err := admin.postJSON("/api/v1/keys", object{"org": org, "role": role, "label": "bench"}, &made); err != nil {
			return fmt.Errorf("make a key: %w", err)
		}
		keys[role] = r.server.newClient(made.Token, r.conns)
	}
	r.clerk, r.bureau = keys["operator"], keys["bureau"]
	return r.openSeasons(r.periods)
}

// openSeasons opens the seasons of some periods.
func (r *measurement) openSeasons(periods []period) error {
	h := r.clerk.newConnection()
	for _, p := range periods {
		for v := range villages {
			from := birth.AddDate(0, 0, p.firstDay-1)
			body := object{"id": p.seasonSlug(v), "name": from.Format("2006") + "年第" + strconv.Itoa(p.number+1) + "季", "place": plotSlug(v),
				"from": trace.NewTime(from), "to": trace.NewTime(from.Add(time.Duration(p.days+2) * 24 * time.Hour))}
			if err := h.postJSON("/api/v1/seasons", body, nil); err != nil {
				return fmt.Errorf("open season: %w", err)
			}
		}
	}
	return nil
}

// masterRequest registers a thing: the path of the operation and the body.
type masterRequest struct {
	path string
	body object
}

func plotSlug(v int) string { return "b-plot-" + strconv.Itoa(v) }

// countyMasters is the small made-up county of the measurements.
func countyMasters() []masterRequest {
	place := func(id, name, kind, tier, parent string) masterRequest {
		body := object{"id": id, "name": name, "kind": kind, "tier": tier}
		if parent != "" {
			body["parent"] = parent
		}
		return masterRequest{"places", body}
	}
	out := []masterRequest{
		place("b-county", "测试县", "county", "county", ""),
		place("b-town", "东镇", "town", "town", "b-county"),
		place("b-mill", "东镇加工厂", "site", "town", "b-town"),
		place("b-park", "县产业园", "site", "county", "b-county"),
		{"organisations", object{"id": "b-coop", "name": "测试合作社", "kind": "cooperative", "tier": "village", "place": "b-town"}},
		{"organisations", object{"id": "b-bureau", "name": "测试农业农村局", "kind": "bureau", "tier": "county", "place": "b-county"}},
	}
	for v, name := range [villages]string{"一", "二", "三", "四", "五"} {
		id := "b-village-" + strconv.Itoa(v)
		out = append(out, place(id, name+"号村", "village", "village", "b-town"))
		p := place(plotSlug(v), name+"号地", "plot", "village", id)
		p.body["org"] = "b-coop"
		out = append(out, p)
	}
	for _, p := range [][2]string{{inputProduct, "有机肥"}, {"b-fruit", "鲜果"}, {"b-graded", "分级果"}, {"b-juice", "原汁"}, {"b-pack", "包装原汁"},
		{"b-load", "发运原汁"}, {blendProduct, "拼配原汁"}} {
		out = append(out, masterRequest{"products", object{"id": p[0], "name": p[1], "unit": "KGM"}})
	}
	return out
}

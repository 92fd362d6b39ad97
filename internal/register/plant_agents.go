package register

import "strings"

// plantAgent is a pesticide with the days between its last use and harvest 安全间隔期 and the most uses in a season.
type plantAgent struct {
	name string
	days int
	uses int // 0 where it depends on the shoot (春梢, 夏梢)
}

// plantAgents are those of citrus for which the reference gives figures, by active substance. A register names the substance only, so the
// formulation is that of the table: 阿维菌素1.8%EC, 啶虫脒20%EC, 三唑锡25%WP, 噻嗪酮25%WP, 双甲脒20%EC. The label governs.
// Source: registrations of pesticides for citrus as collected in reference/china-rules.md, checked 2026-11.
var plantAgents = []plantAgent{
	{"阿维菌素", 14, 2},
	{"啶虫脒", 14, 1},
	{"三唑锡", 30, 2},
	{"噻嗪酮", 35, 2},
	{"双甲脒", 21, 0},
}

// shortestInterval is the least of the table. A last use without a named agent that is nearer to the harvest than this breaks every
// interval there is, so the row is refused; one that is farther off may still break a longer interval, which nobody can tell from the
// register.
func shortestInterval() int {
	least := plantAgents[0].days
	for _, a := range plantAgents {
		least = min(least, a.days)
	}
	return least
}

// findNamedAgent finds the agent a remark names (补打啶虫脒). Where it names several, the one with the longest interval.
func findNamedAgent(remark string) *plantAgent {
	var found *plantAgent
	for i := range plantAgents {
		if strings.Contains(remark, plantAgents[i].name) && (found == nil || plantAgents[i].days > found.days) {
			found = &plantAgents[i]
		}
	}
	return found
}

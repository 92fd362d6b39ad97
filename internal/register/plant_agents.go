package register

import "strings"

// plantAgent is a pesticide with the days between its last use and harvest 安全间隔期 and the most uses in a season.
type plantAgent struct {
	name string
	days int
	uses int // 0 where the number depends on the shoot (春梢, 夏梢)
}

// plantAgents are the pesticides for citrus for which figures were found, by active substance. A register names the substance only, so the
// formulation is the one of the source: 阿维菌素1.8%EC, 啶虫脒20%EC, 三唑锡25%WP, 噻嗪酮25%WP, 双甲脒20%EC. The label governs.
// Source: registrations of pesticides for citrus, a table after 农药合理使用准则 (GB/T 8321), checked 2026-11.
var plantAgents = []plantAgent{
	{"阿维菌素", 14, 2},
	{"啶虫脒", 14, 1},
	{"三唑锡", 30, 2},
	{"噻嗪酮", 35, 2},
	{"双甲脒", 21, 0},
}

// shortestInterval is the shortest safety interval of the table. A last use without a named agent that is nearer to the harvest
// than this interval breaks every interval there is, so the row is refused; a last use that is farther away may still break a
// longer interval, which the register cannot show.
func shortestInterval() int {
	least := plantAgents[0].days
	for _, a := range plantAgents {
		least = min(least, a.days)
	}
	return least
}

// findNamedAgent finds the agent that a remark names (补打啶虫脒). Where the remark names several agents, the result is the agent
// with the longest interval.
func findNamedAgent(remark string) *plantAgent {
	var found *plantAgent
	for i := range plantAgents {
		if strings.Contains(remark, plantAgents[i].name) && (found == nil || plantAgents[i].days > found.days) {
			found = &plantAgents[i]
		}
	}
	return found
}

package api_test

import (
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/data/demo/demotest"
)

// What somebody takes along who has a community of the demo city, 西南关 with its eight
// grids, and what somebody does who has one of them.
func BenchmarkOwnWork(b *testing.B) {
	accounts := known{}
	n := newNode(b, func(c *api.Config) { c.Accounts, c.Store = accounts, deaf{} })
	n.live.Publish(demotest.City(b, 0))
	for name, place := range map[string]string{"eight grids": "370702002004", "one grid": "370702002004008"} {
		b.Run(name, func(b *testing.B) {
			accounts[name] = access.Who{Name: "wang", Grants: []access.Grant{{Role: access.GridWorker, Place: place}}}
			b.ReportAllocs()
			for b.Loop() {
				if answer := n.get(b, "/my/work", "Authorization", "Bearer "+name); answer.Code != 200 {
					b.Fatalf("%d %s", answer.Code, answer.Body)
				}
			}
		})
	}
}

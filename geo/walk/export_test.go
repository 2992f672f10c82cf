package walk

import (
	"context"
	"time"

	"gridatlas/geo"
)

// Leg returns the millimetres of the access leg of a listed place with one way.
func (m *Map) Leg(p Place) int32 {
	foot, _ := m.net.Snap(p.At, nil)
	return foot.Leg
}

// JoinsAt reports whether a point joins the network where it stands.
func (m *Map) JoinsAt(p geo.Point) bool {
	foot, ok := m.net.Snap(p, nil)
	return ok && foot.Leg == 0
}

// Poles returns the pole of inaccessibility of each building, by id.
func (m *Map) Poles() []geo.Point {
	var points []geo.Point
	for _, member := range m.places.list[m.places.buildings:] {
		points = append(points, member.pole)
	}
	return points
}

// Entrances returns the points through which a place is entered.
func (m *Map) Entrances(f geo.Feature) []geo.Point {
	var points []geo.Point
	for i := range m.places.list {
		if m.places.list[i].feature == f {
			for _, way := range m.places.list[i].ways {
				points = append(points, way.from)
			}
		}
	}
	return points
}

// SettledAtOnce searches from the origin of a query and returns how many nodes
// were settled before the search ended or gave up.
func (m *Map) SettledAtOnce(ctx context.Context, q Query) (int, error) {
	foot, err := m.join(q.Origin, nil)
	if err != nil {
		return 0, err
	}
	s := m.newSearch(&q, nil, foot)
	defer s.release()
	err = s.run(ctx, int64(q.Minutes[len(q.Minutes)-1])*60_000)
	return len(s.settled), err
}

// EntrancesIn returns the points through which a building is entered in the
// situation of a query. Joined says that a point there joins the network where the
// building does.
func (m *Map) EntrancesIn(b *geo.Building, q Query) (points []geo.Point, joined bool) {
	now, err := m.situation(context.Background(), &q)
	if err != nil {
		panic(err)
	}
	i, _ := m.places.find(geo.Key{Layer: geo.Buildings, ID: b.ID})
	joined = true
	for _, way := range now.places.at(int32(i)).ways {
		points = append(points, way.from)
		foot, ok := m.net.Snap(way.from, now.closed)
		joined = joined && ok && foot == way.foot
	}
	return points, joined
}

// CoverAgain works out a coverage that is not kept.
func (m *Map) CoverAgain(ctx context.Context, of []Category, at time.Time) error {
	_, err := m.cover(ctx, &Query{Of: of, At: at})
	return err
}

// AreasAgain finds the areas of all buildings, which are not kept.
func (m *Map) AreasAgain(ctx context.Context, level Level, at time.Time) error {
	_, err := m.newAreas(ctx, m.snap.Layer(level.layer()), level, at)
	return err
}

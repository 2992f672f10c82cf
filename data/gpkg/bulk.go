package gpkg

import (
	"fmt"

	"gridatlas/data/internal/geopackage"
	"gridatlas/geo"
)

// bulkLoad is the first load of a layer: its indexes and triggers are dropped,
// and made again behind the rows. Boxes are kept for the RTree.
type bulkLoad struct {
	entries []geopackage.Entry
}

// bulkFrom is how many features must come at once before dropping and making
// everything is worth it.
const bulkFrom = 200

func (b *bulkLoad) add(id int64, box geo.Box) {
	if !box.Empty() {
		b.entries = append(b.entries, geopackage.EntryOf(id, geopackage.SidesOf(box)))
	}
}

// bulkFor returns the bulk load of a layer that never held a feature, nil for
// others and for a few features.
func (t *tx) bulkFor(table *table, features int) (*bulkLoad, error) {
	layer := table.schema.Layer
	if bulk := t.bulk[layer]; bulk != nil {
		return bulk, nil
	}
	if _, begun := t.touched[layer]; begun || t.given[layer] > 0 || features < bulkFrom {
		return nil, nil
	}
	if err := dropDerived(t.c, table.schema); err != nil {
		return nil, err
	}
	t.bulk[layer] = &bulkLoad{}
	return t.bulk[layer], nil
}

// endBulk makes the derived parts of a layer; nothing to do for one that is not
// loaded in bulk.
func (t *tx) endBulk(layer geo.Layer) error {
	bulk := t.bulk[layer]
	if bulk == nil {
		return nil
	}
	delete(t.bulk, layer)
	schema := geo.MustSchema(layer)
	if geopackage.HasPlace(schema) {
		if err := geopackage.WriteRTree(t.c.Session, geopackage.RTreeName(schema), bulk.entries); err != nil {
			return fmt.Errorf("index %s: %w", layer, err)
		}
	}
	if err := createDerived(t.c, schema); err != nil {
		if isUniqueViolation(err) {
			return t.twinCode(schema, err)
		}
		return err
	}
	return nil
}

// twinCode names the code that two rows have.
func (t *tx) twinCode(schema *geo.Schema, cause error) error {
	for _, field := range schema.UniqueFields() {
		name := geopackage.Quote(field.Name)
		row, err := t.c.One(fmt.Sprintf("SELECT max(fid), %s FROM %s WHERE %s IS NOT NULL GROUP BY %s HAVING count(*) > 1 ORDER BY 1 LIMIT 1",
			name, geopackage.Quote(string(schema.Layer)), name, name))
		if err != nil {
			return err
		}
		if row != nil {
			id, _ := row[0].(int64)
			return taken(schema.Layer, id, field.Name, fmt.Sprint(row[1]))
		}
	}
	return cause
}

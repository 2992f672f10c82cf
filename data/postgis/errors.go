package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"gridatlas/data"
	"gridatlas/geo"
)

// SQLSTATE codes and classes (PostgreSQL manual, appendix A) that mean something
// to us. They are not named outside this file.
const (
	uniqueViolation   = "23505"
	untranslatable    = "22P05" // a character that the server's encoding lacks
	notInRepertoire   = "22021" // a zero byte or broken UTF-8
	readOnly          = "25006" // a standby
	diskFull          = "53100"
	connectionClass   = "08"
	resourcesClass    = "53" // disk or memory full, too many connections
	interventionClass = "57" // shut down, starting, terminated
	systemClass       = "58" // input and output errors
)

// ours turns a driver's error into one of the contract, told with what was being
// done: ctx's own error when it ended, *geo.Violation, data.ErrUnavailable,
// data.ErrFull, or the server's words. No driver type, SQLSTATE or password is in
// the result. Errors that are ours already pass through.
func ours(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	var violation *geo.Violation
	if errors.As(err, &violation) {
		return err
	}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return fmt.Errorf("%s: %w: %s", doing, data.ErrUnavailable, plain(err))
	}
	class := answer.Code[:min(2, len(answer.Code))]
	switch {
	case answer.Code == uniqueViolation:
		if violation := taken(answer); violation != nil {
			return violation
		}
	case answer.Code == notInRepertoire, answer.Code == untranslatable:
		return &geo.Violation{Rule: "text", Layer: geo.Layer(answer.TableName), Detail: "a text holds a character that cannot be stored"}
	case answer.Code == diskFull:
		return fmt.Errorf("%s: %w: %s", doing, data.ErrFull, answer.Message)
	case answer.Code == readOnly, class == connectionClass, class == resourcesClass, class == interventionClass, class == systemClass:
		return fmt.Errorf("%s: %w: %s", doing, data.ErrUnavailable, answer.Message)
	}
	return fmt.Errorf("%s: the server answered: %s", doing, answer.Message)
}

// taken reads from a broken unique index which code is whose. The detail is in
// the server's language, but always holds (column)=(value).
func taken(answer *pgconn.PgError) *geo.Violation {
	layer := geo.Layer(answer.TableName)
	schema, ok := geo.SchemaOf(layer)
	if !ok {
		return nil
	}
	for _, unique := range schema.UniqueFields() {
		field := unique.Name
		if answer.ConstraintName != string(layer)+"_"+field+"_key" {
			continue
		}
		detail := field + " is taken"
		if _, rest, ok := strings.Cut(answer.Detail, "("+field+")=("); ok {
			if end := strings.LastIndexByte(rest, ')'); end >= 0 {
				detail = fmt.Sprintf("%s %s is taken", field, rest[:end])
			}
		}
		return &geo.Violation{Rule: "code_taken", Layer: layer, Field: field, Detail: detail}
	}
	return nil
}

// plain is the text of a connection fault without the address it happened at:
// the driver puts user and database before the cause.
func plain(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

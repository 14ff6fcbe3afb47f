using System.Globalization;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>
/// Counts what is wrong with the keys and ids that a mirror table holds. Each question reads the whole table, so each
/// has a time limit.
/// </summary>
internal sealed class KeyContentCheck(
    NpgsqlConnection connection, CheckOptions options, FindingLog log)
{
    // White space and invisible characters, as around ids in files: PostgreSQL's \s leaves some out.
    private static readonly SqlText s_blank = SqlText.Of($@"[\s\u00A0\u2000-\u200F\u202F\u205F\u2060\u3000\uFEFF]");

    public async Task CheckAsync(LookupQuestion question, MirrorType? idType, CancellationToken cancellationToken)
    {
        if (question.KeyType == MirrorType.Text)
        {
            await CheckCanonicalAsync(question, cancellationToken);
        }

        await CheckRepeatedAsync(question, cancellationToken);
        if (idType is { } type)
        {
            await CheckIdsAsync(question, type, cancellationToken);
        }
    }

    private async Task CheckCanonicalAsync(LookupQuestion question, CancellationToken cancellationToken)
    {
        ValidLookup lookup = question.Lookup;
        IdType idType = lookup.IdType;
        var key = new SqlName(question.Key);
        if (idType == IdType.Text && lookup.IdForm != IdForm.Exact)
        {
            // Every text is a key.
            return;
        }

        SqlText wrong = idType == IdType.Text ? SqlText.Of($"{key} ~ '^{s_blank}|{s_blank}$'")
            : lookup.IdForm == IdForm.Trim ? SqlText.Of($@"{key} !~ '^{s_blank}*[0-9]+{s_blank}*$'")
            : lookup.IdForm != IdForm.Exact ? SqlText.Of($@"{key} !~ '^{s_blank}*[0-9]+(\.0+)?{s_blank}*$'")
            : lookup.HasDecimals ? SqlText.Of($@"{key} !~ '^[0-9]+(\.0)?$'")
            : SqlText.Of($"{key} !~ '^[0-9]+$'");
        SqlText certain = idType == IdType.Text ? SqlText.Of($"true") : SqlText.Of($@"{key} ~ '^{s_blank}*[0-9]+(\.0+)?{s_blank}*$'");
        string subject = $"keys in {question.Table.Table.Display}.{question.Key}";
        string look = $"select {key} from {question.Table.Table} where {wrong} limit 20;";
        if (await AskAsync(question, SqlText.Of($"count(*), count(*) filter (where {certain})"), SqlText.Of($" and {wrong}"), subject, look, cancellationToken)
            is not [var count, var sure])
        {
            return;
        }

        if (count == 0)
        {
            log.Ok(subject, question.Place, "All keys are canonical.");
            return;
        }

        string kinds = idType == IdType.Text
            ? "white space or invisible characters around the id"
            : sure == count ? "white space around the digits, or a .0 tail"
            : sure == 0 ? "they are not digits only"
            : $"{Show(sure)} have white space around the digits or a .0 tail, {Show(count - sure)} are not digits only";
        log.Warn(
            subject,
            question.Place,
            $"{Show(count, "key")} {(count == 1 ? "is" : "are")} not canonical ({kinds}): records of the file never match them.",
            $"Fix {(count == 1 ? "it" : "them")} in HubSpot{(idType == IdType.Number && !lookup.HasDecimals ? "; where all that is wrong is a .0 tail, \"mirrorKeys\": \"decimal\" of the lookup finds them" : "")}{(lookup.IdForm == IdForm.Exact ? $"; \"idForm\": \"decimal\" of the {MissText.BlockOf(lookup)} finds these and those with white space" : "")}. To see some: {look}");
    }

    private async Task CheckRepeatedAsync(LookupQuestion question, CancellationToken cancellationToken)
    {
        SqlText key = question.KeyType == MirrorType.Text && question.Lookup.IdForm is var form and not IdForm.Exact
            ? IdBlock.KeyOf(SqlText.Of($"{new SqlName(question.Key)}::text"), form)
            : SqlText.Of($"{new SqlName(question.Key)}");
        string subject = $"repeated keys in {question.Table.Table.Display}.{question.Key}";
        string look = $"select {key}, count(*) from {question.Table.Table} where {key} is not null group by 1 having count(*) > 1 limit 20;";
        if (await AskAsync(question, SqlText.Of($"count(*), coalesce(sum(repeats), 0)::int8 from (select count(*) as repeats"), SqlText.Of($" group by {key} having count(*) > 1) counted"), subject, look, cancellationToken)
            is not [var count, var rows])
        {
            return;
        }

        if (count == 0)
        {
            log.Ok(subject, question.Place, "No key occurs in several rows.");
            return;
        }

        string effect = question.Lookup.Role == LookupRole.Match
            ? "their legacy records will be staged as ambiguous"
            : "children of these parents will get no parent id";
        log.Warn(
            subject,
            question.Place,
            $"{Show(count, "key")} {(count == 1 ? "occurs" : "occur")} in {Show(rows, "row")}: {effect}.",
            $"Merge the duplicates in HubSpot, or limit the rows with \"where\". To see some: {look}");
    }

    private async Task CheckIdsAsync(LookupQuestion question, MirrorType type, CancellationToken cancellationToken)
    {
        var id = new SqlName(question.Lookup.Id);
        SqlText? wrong = type switch
        {
            MirrorType.Text => SqlText.Of($"({id} is null or {id} !~ '^-?[0-9]{{1,19}}$')"),
            MirrorType.Numeric or MirrorType.Float8 => SqlText.Of($"({id} is null or {id} <> trunc({id}))"),
            MirrorType.Int8 or MirrorType.Int4 or MirrorType.Int2 => SqlText.Of($"{id} is null"),
            _ => null,
        };
        if (wrong is not { } condition)
        {
            return;
        }

        string subject = $"ids in {question.Table.Table.Display}.{question.Lookup.Id}";
        string look = $"select {new SqlName(question.Key)}, {id} from {question.Table.Table} where {condition} limit 20;";
        if (await AskAsync(question, SqlText.Of($"count(*), 0::int8"), SqlText.Of($" and {condition}"), subject, look, cancellationToken)
            is [var count, _] && count > 0)
        {
            log.Error(
                subject,
                new FindingPlace(question.Lookup.Block, nameof(question.Lookup.Block.Id)),
                $"{Show(count, "row")} {(count == 1 ? "has" : "have")} a key but no integer as HubSpot id; a run fails when it meets one.",
                $"Check \"id\" of the lookup, or leave the rows out with \"where\". To see some: {look}");
        }
    }

    // Asks for two counts over the rows that count for the lookup; null when it took too long.
    private async Task<long[]?> AskAsync(
        LookupQuestion question, SqlText select, SqlText rest, string subject, string look, CancellationToken cancellationToken)
    {
        (SqlText where, IReadOnlyList<string[]> values) = question.WhereSql();
        var key = new SqlName(question.Key);

        // $1 keeps the place of the lookup's keys: the conditions count from $2.
        NpgsqlParameter[] parameters = [SqlValue.Of([]), .. values.Select(SqlValue.Of)];
        SqlText sql = SqlText.Of(
            $"select {select} from {question.Table.Table} where $1::text[] is not null and {key} is not null{where}{rest}");
        int limit = Math.Max((int)options.ScanTimeout.TotalMilliseconds, 1);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await SqlText.Of($"set local statement_timeout = {limit}").ExecuteAsync(connection, cancellationToken);
            return (await sql.ListAsync(connection, row => (long[])[row.GetInt64(0), row.GetInt64(1)], cancellationToken, parameters)).Single();
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("22", StringComparison.Ordinal)
            || refused.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            string why = refused.SqlState == PostgresErrorCodes.QueryCanceled
                ? $"the question took longer than {options.ScanTimeout.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture)} s"
                : $"the server refused the question [{refused.SqlState}]";
            log.Warn(subject, question.Place, $"Not checked: {why}.", $"To look by hand: {look}");
            return null;
        }
    }
}

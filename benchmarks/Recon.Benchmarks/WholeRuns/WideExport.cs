using System.Globalization;
using System.Text;
using Npgsql;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>An export of forty columns with French headers, and its mirror: texts, numbers, days, enumerations, telephones, addresses. One value in ten differs.</summary>
internal static class WideExport
{
    public const string Table = "hubspot.wide";

    private const int Columns = 40;

    /// <summary>What a column of the mirror holds, and what the export has for it; {0} is the number of the column.</summary>
    private static readonly (string Name, string Header, string Type, string Mirror, string Legacy)[] s_kinds =
    [
        ("label", "Libellé", "text", "'Exemple ' || left(md5(n::text || 'a{0}'), 12)", "'Exemple ' || left(md5(v::text || 'a{0}'), 12)"),
        ("amount", "Montant", "numeric", "(n * 37 * {0} % 1000003) / 100.0", "replace(round((v * 37 * {0} % 1000003) / 100.0, 2)::text, '.', ',')"),
        ("day", "Date", "date", "date '2012-01-01' + ((n * 7 + {0} * 131) % 4000)::int", "to_char(date '2012-01-01' + ((v * 7 + {0} * 131) % 4000)::int, 'DD/MM/YYYY')"),
        ("level", "Niveau", "text", "(array['gold','silver','bronze'])[1 + (n / {0}) % 3]", "(array['Or','Argent','Bronze'])[1 + (v / {0}) % 3]"),
        ("phone", "Tél.", "text", "'+33199' || lpad(((n * 11 + {0}) % 1000000)::text, 6, '0')", "regexp_replace('0199' || lpad(((v * 11 + {0}) % 1000000)::text, 6, '0'), '(..)(?=.)', '\\1 ', 'g')"),
        ("email", "Courriel", "text", "'a' || n * {0} || '@exemple.example'", "'A' || v * {0} || '@Exemple.example'"),
        ("site", "Site", "text", "'https://www.s' || n * {0} || '.example/'", "'www.s' || v * {0} || '.example'"),
        ("city", "Ville", "text", "'Ville ' || (n * 13 + {0}) % 400", "'Ville ' || (v * 13 + {0}) % 400"),
    ];

    /// <summary>Makes the table, with its index, in place of one that is there.</summary>
    public static Task FillAsync(Workbench bench, long rows, CancellationToken token)
    {
        IEnumerable<string> columns = Numbers().Select(column => $"({Text(column.Kind.Mirror, column.Number)})::{column.Kind.Type} as {column.Kind.Name}_{column.Number}");
        return bench.ExecuteAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
                drop table if exists {Table};
                create table {Table} as select 20000000000 + n as hs_object_id, (100000 + n)::text as legacy_id, {string.Join(", ", columns)} from generate_series(1::bigint, {rows}) n;
                create index on {Table} (legacy_id);
                analyze {Table};
                """),
            token);
    }

    /// <summary>Writes the export; one record in twenty is not in the mirror.</summary>
    public static async Task WriteAsync(Workbench bench, long rows, string path, CancellationToken token)
    {
        IEnumerable<string> columns = Numbers().Select(column
            => $"(select {Text(column.Kind.Legacy, column.Number)} from (select case when (n + {column.Number}) % 10 = 0 then n + 1 else n end as v) as changed) as \"{column.Kind.Header} {column.Number}\"");
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        using TextReader export = await connection.BeginTextExportAsync(
            string.Create(CultureInfo.InvariantCulture, $"copy (select 100000 + n as \"N° dossier\", {string.Join(", ", columns)} from generate_series(1::bigint, {rows + (rows / 20)}) n) to stdout with (format csv, header, delimiter ';')"),
            token);
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        char[] buffer = new char[64 * 1024];
        for (int read = await export.ReadAsync(buffer, token); read > 0; read = await export.ReadAsync(buffer, token))
        {
            await file.WriteAsync(buffer.AsMemory(0, read), token);
        }
    }

    private static IEnumerable<(int Number, (string Name, string Header, string Type, string Mirror, string Legacy) Kind)> Numbers()
        => Enumerable.Range(1, Columns).Select(number => (number, s_kinds[(number - 1) % s_kinds.Length]));

    private static string Text(string expression, int number) => string.Format(CultureInfo.InvariantCulture, expression, number);
}

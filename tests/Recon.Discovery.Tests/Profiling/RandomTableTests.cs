using CsCheck;
using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>Whatever is written in a dialect is read back as it was.</summary>
public sealed class RandomTableTests : IDisposable
{
    private static readonly string[] s_texts =
    [
        "", "Lyon", "Saint-Étienne", "Müller & Söhne", "a, b; c", "tab\there", "pipe | pipe", "zwei\nZeilen, mit Komma", "er sagte \"ja\"", "l'atelier d'été", "12,50", "x", "lorem ipsum dolor sit amet",
    ];

    private static readonly Gen<string> s_text = Gen.Int[0, s_texts.Length - 1].Select(index => s_texts[index]);

    private static readonly Gen<string[][]> s_tables =
        from columns in Gen.Int[2, 8]
        from rows in Gen.Int[12, 60]
        from cells in s_text.Array[columns].Array[rows]
        select (string[][])
        [
            [.. Enumerable.Range(0, columns).Select(column => column == 0 ? "Id" : $"Name_{column}")],
            .. cells.Select((row, index) => (string[])[$"{1000 + index}", .. row.Skip(1)]),
        ];

    private static readonly string[] s_encodings = ["utf-8", "utf-16le", "utf-16be"];

    private readonly Exports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Fact]
    public async Task ReadAsync_OfARandomTableInARandomDialect_ReadsTheSameRows()
    {
        await Gen.Select(s_tables, Gen.Int[0, 3].Select(index => ",;\t|"[index]), Gen.Int[0, 2].Select(index => s_encodings[index]), Gen.Bool.Select(pair => pair ? "\r\n" : "\n"), Gen.Bool)
            .SampleAsync(
                async (table, delimiter, encoding, lineEnd, all) =>
                {
                    string text = string.Concat(table.Select(row => string.Join(delimiter, row.Select(cell => Quoted(cell, delimiter, all))) + lineEnd));

                    FileSample sample = await _exports.ProfileAsync(text, encoding, mark: true);

                    CsvBlockDefinition block = sample.Profile.ToBlock("x.csv", "Id");
                    Assert.Equal((delimiter == '\t' ? "tab" : delimiter.ToString(), FieldEscape.Doubled, true), (block.Delimiter, block.Escape, block.Header));
                    Assert.Equal(table.Skip(1).Select(row => row.Select(cell => cell.Length == 0 ? null : cell)), sample.Rows);
                },
                iter: 150,
                threads: 1);
    }

    private static string Quoted(string cell, char delimiter, bool always)
        => always || cell.AsSpan().ContainsAny(delimiter, '"', '\n') ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}

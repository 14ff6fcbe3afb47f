using System.Text;
using System.Text.Json;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Wire;

public sealed class LegacyPropertiesJsonTests
{
    private static readonly string[] s_names = ["Id", "Société", "B", "\"quoted\\\"", "A", "Name"];

    // Whatever JSON or its writers treat in a way of their own, among plain letters.
    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.Char['\0', '\x1F'].Select(control => control.ToString()),
        Gen.OneOf("\"", "\\", "/", "\x7F", "\u0080", "\u2028", "\u2029", "\uFEFF", "\uFFFD", "<", "&", "'", "+", "😀", "🇫🇷", "é"),
        Gen.Char['a', 'z'].Array[0, 40].Select(letters => new string(letters))).Array[0, 6].Select(string.Concat);

    [Fact]
    public void Write_AnyTexts_GivesTheObjectOfWhatIsNotEmpty()
        => s_text.Array[s_names.Length].Array[1, 5].Sample(rows =>
        {
            List<string> written = Write(s_names, rows);

            for (int row = 0; row < rows.Length; row++)
            {
                using JsonDocument json = JsonDocument.Parse(written[row]);
                Assert.Equal(
                    s_names.Zip(rows[row]).Where(pair => pair.Second.Length > 0).OrderBy(pair => pair.First, StringComparer.Ordinal),
                    json.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.GetString()!))
                        .OrderBy(pair => pair.Name, StringComparer.Ordinal));
            }
        });

    [Fact]
    public void Write_AnyNames_SortsThemByLengthThenBytes()
        => Gen.Char["abBZé€\uFF41"].Array[1, 4].Select(letters => new string(letters)).Array[1, 12].Sample(drawn =>
        {
            string[] names = [.. drawn.Distinct(StringComparer.OrdinalIgnoreCase)];

            using JsonDocument json = JsonDocument.Parse(Write(names, [[.. names.Select(_ => "x")]]).Single());

            Assert.Equal(
                names.OrderBy(name => Encoding.UTF8.GetByteCount(name)).ThenBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal),
                json.RootElement.EnumerateObject().Select(property => property.Name));
        });

    [Fact]
    public void Write_EmptyRow_GivesAnEmptyObject()
        => Assert.Equal(["{}", "{\"A\":\"1\"}", "{}"], Write(["A", "B"], ["", ""], ["1", ""], ["", ""]));

    [Fact]
    public void Write_NoColumns_GivesAnEmptyObject()
        => Assert.Equal("{}", Write([], [[]]).Single());

    private static List<string> Write(string[] names, params string[][] rows)
    {
        SourceColumns columns = new([.. names, "one more"]);
        using RecordBatch batch = new(1, columns, rows.Length);
        LegacyPropertiesJson json = new(names.Select((name, column)
            => (column, JsonEncodedText.Encode(name, ReconciliationPlan.JsonOptions.Encoder))));
        using BinaryCopyBuffer buffer = new(rows.Length, 16);
        for (int row = 0; row < rows.Length; row++)
        {
            batch.AddRow(row, 0);
            for (int column = 0; column < names.Length; column++)
            {
                batch.AddField(column, Encoding.UTF8.GetBytes(rows[row][column]));
            }

            batch.AddField(names.Length, "not mapped"u8);
            buffer.BeginTuple(1);
            buffer.BeginField();
            json.Write(buffer, batch, row);
            buffer.EndField();
            buffer.EndTuple(row);
        }

        // A tuple starts with the number of its fields and the length of the first.
        return [.. Enumerable.Range(0, rows.Length).Select(row => Encoding.UTF8.GetString(buffer.Tuple(row).Span[6..]))];
    }
}

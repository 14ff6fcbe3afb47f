using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Wire;

/// <summary>One tuple of a binary COPY, decoded independently of the encoder.</summary>
internal sealed class DecodedTuple(IReadOnlyList<byte[]?> fields, int ownColumns)
{
    private static readonly string[] s_common =
    [
        "legacy_properties", "properties_to_update", "previous_values", "reconciliation_status", "match_confidence",
        "match_rule", "notes", "source_line", "source_file",
    ];

    private static readonly Dictionary<string, byte[]?> s_filledIn = new()
    {
        ["properties_to_update"] = [1, (byte)'{', (byte)'}'],
        ["previous_values"] = [1, (byte)'{', (byte)'}'],
        ["reconciliation_status"] = "matched"u8.ToArray(),
        ["match_confidence"] = [0, 1, 0, 0, 0, 0, 0, 2, 0, 100],
        ["match_rule"] = "legacy-id"u8.ToArray(),
        ["source_file"] = null,
    };

    public IReadOnlyList<byte[]?> Fields { get; } = fields;

    public string? LegacyId => TextOf(Fields[0]);

    public long? HubspotId => Fields[1] is { } id ? BinaryPrimitives.ReadInt64BigEndian(id) : null;

    public string LegacyProperties => Json("legacy_properties");

    public string Updates => Json("properties_to_update");

    public string Previous => Json("previous_values");

    public string? Notes => Text("notes");

    public byte[]? Own(int column) => Fields[2 + column];

    public byte[]? CommonField(string name) => Fields[2 + ownColumns + Array.IndexOf(s_common, name)];

    public string? Text(string name) => TextOf(CommonField(name));

    public static string? TextOf(byte[]? field) => field is null ? null : Encoding.UTF8.GetString(field);

    /// <summary>Reads all lots but the repeats, in the order of the batch's rows; what the server fills in is filled in.</summary>
    public static List<DecodedTuple> Read(StagedTuples batch, int ownColumns, bool namesFile)
        => [.. from isUsual in (bool[])[true, false]
            from hasChanges in (bool[])[true, false]
            let lot = batch.Lot(isUsual, hasChanges)
            from tuple in Read(lot, ownColumns).Select((tuple, index) => (Row: lot.SourceRow(index), tuple.Fields))
            orderby tuple.Row
            select FilledIn(tuple.Fields, ownColumns, isUsual, hasChanges, namesFile)];

    public static List<DecodedTuple> Read(BinaryCopyBuffer rows, int ownColumns)
    {
        List<DecodedTuple> tuples = [];
        ReadOnlySpan<byte> bytes = rows.Bytes.Span;
        while (!bytes.IsEmpty)
        {
            int count = BinaryPrimitives.ReadInt16BigEndian(bytes);
            bytes = bytes[2..];
            List<byte[]?> fields = [];
            for (int field = 0; field < count; field++)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
                bytes = bytes[4..];
                fields.Add(length < 0 ? null : bytes[..length].ToArray());
                bytes = bytes[Math.Max(length, 0)..];
            }

            tuples.Add(new DecodedTuple(fields, ownColumns));
        }

        return tuples;
    }

    /// <summary>Decodes a <c>numeric</c> as its definition in PostgreSQL's documentation says, through big integers.</summary>
    public static string? Numeric(byte[]? field)
    {
        if (field is null)
        {
            return null;
        }

        int groups = BinaryPrimitives.ReadInt16BigEndian(field);
        int weight = BinaryPrimitives.ReadInt16BigEndian(field.AsSpan(2));
        bool negative = BinaryPrimitives.ReadUInt16BigEndian(field.AsSpan(4)) == 0x4000;
        int scale = BinaryPrimitives.ReadInt16BigEndian(field.AsSpan(6));
        Assert.Equal(8 + (2 * groups), field.Length);
        BigInteger value = BigInteger.Zero;
        for (int group = 0; group < groups; group++)
        {
            short digit = BinaryPrimitives.ReadInt16BigEndian(field.AsSpan(8 + (2 * group)));
            Assert.InRange(digit, 0, 9999);
            value = (value * 10_000) + digit;
        }

        // value * 10000^(weight - groups + 1), written with `scale` digits after the point.
        int exponent = (4 * (weight - groups + 1)) + scale;
        value = exponent >= 0 ? value * BigInteger.Pow(10, exponent) : value / BigInteger.Pow(10, -exponent);
        string digits = value.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return negative ? $"-{text}" : text;
    }

    private static DecodedTuple FilledIn(IReadOnlyList<byte[]?> fields, int ownColumns, bool isUsual, bool hasChanges, bool namesFile)
    {
        string[] written = [.. s_common.Where(name =>
            (hasChanges || name is not ("properties_to_update" or "previous_values"))
            && (!isUsual || name is not ("reconciliation_status" or "match_confidence" or "match_rule"))
            && (namesFile || name != "source_file"))];
        int own = 2 + ownColumns;
        Assert.Equal(own + written.Length, fields.Count);
        return new DecodedTuple(
            [
                .. fields.Take(own),
                .. s_common.Select(name => Array.IndexOf(written, name) is var at and >= 0 ? fields[own + at] : s_filledIn[name]),
            ],
            ownColumns);
    }

    private string Json(string name)
    {
        byte[] field = CommonField(name)!;
        Assert.Equal(1, field[0]); // the version of jsonb's binary form
        using JsonDocument document = JsonDocument.Parse(field.AsMemory(1));
        return Encoding.UTF8.GetString(field.AsSpan(1));
    }
}

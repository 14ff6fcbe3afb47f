using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recon.Postgres.Decisions;

/// <summary>What a record was when somebody decided about it: a hash of its raw values, whatever their order.</summary>
internal static class RecordHash
{
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(StagedRecord record) => Of(record.Values);

    /// <param name="values">The values that are not empty, by column of the file.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(IEnumerable<KeyValuePair<string, string>> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string column, string value) in values.OrderBy(value => value.Key.ToLowerInvariant(), StringComparer.Ordinal))
        {
            // Lengths keep values from running into each other.
            byte[] text = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{column.Length}:{column.ToLowerInvariant()}{value.Length}:{value}"));
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>What a decision keeps of the record: its hash, and what the run had found.</summary>
    /// <param name="seen">What whoever decided has seen beside it, as a JSON object; <see langword="null"/> for nothing that is kept.</param>
    public static string Evidence(StagedRecord record, string? seen)
    {
        var text = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(text);
        json.WriteStartObject();
        json.WriteString("record", Of(record));
        json.WriteString("status", record.Status);
        json.WriteString("rule", record.Rule);
        json.WriteString("notes", record.Notes);
        json.WriteString("run", record.RunId?.ToString());
        if (seen is not null)
        {
            json.WritePropertyName("seen");
            json.WriteRawValue(seen);
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}

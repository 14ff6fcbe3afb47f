using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Lookups;

/// <summary>Makes the array parameter of a lookup, typed like the key column so that its index is used.</summary>
internal static class KeyArray
{
    /// <param name="texts">The keys. One that the type cannot hold is left out: no row can have it.</param>
    public static NpgsqlParameter Parameter(MirrorType type, string[] texts) => type switch
    {
        MirrorType.Int2 => Typed(NpgsqlDbType.Smallint, Parse<short>(texts)),
        MirrorType.Int4 => Typed(NpgsqlDbType.Integer, Parse<int>(texts)),
        MirrorType.Int8 => Typed(NpgsqlDbType.Bigint, Parse<long>(texts)),
        MirrorType.Numeric => Typed(NpgsqlDbType.Numeric, Parse<decimal>(texts)),
        MirrorType.Float8 => Typed(NpgsqlDbType.Double, Parse<double>(texts)),
        MirrorType.Uuid => Typed(NpgsqlDbType.Uuid, ParseUuids(texts)),
        MirrorType.Text => Typed(NpgsqlDbType.Text, texts),
        _ => throw new MirrorException($"A lookup key of type {type} is not supported; use a text, number or uuid column."),
    };

    private static NpgsqlParameter<T[]> Typed<T>(NpgsqlDbType type, T[] values)
        => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private static T[] Parse<T>(string[] texts)
        where T : struct, System.Numerics.INumber<T>
    {
        List<T> values = new(texts.Length);
        foreach (string text in texts)
        {
            if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out T value))
            {
                values.Add(value);
            }
        }

        return [.. values];
    }

    private static Guid[] ParseUuids(string[] texts)
        => [.. texts.Select(text => Guid.TryParse(text, out Guid value) ? value : (Guid?)null).OfType<Guid>()];
}

using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>How a lookup asks the mirror's key column, and how it reads the keys that come back.</summary>
internal sealed class KeyRule
{
    private readonly KeyBlock? _block;
    private readonly KeyReader _read;
    private readonly bool _withDecimals;

    private KeyRule(SqlText compared, SqlText wanted, MirrorType keyType, KeyBlock? block, KeyReader read, bool withDecimals = false)
    {
        (Compared, Wanted, KeyType, _block, _read, _withDecimals) = (compared, wanted, keyType, block, read, withDecimals);
    }

    /// <summary>What the query compares with the keys: the column, or an expression over it.</summary>
    public SqlText Compared { get; }

    /// <summary>What the query gives as the key of a row.</summary>
    public SqlText Wanted { get; }

    /// <summary>The type in which the key of a row comes.</summary>
    public MirrorType KeyType { get; }

    /// <summary>The type of the array of keys.</summary>
    public MirrorType ArrayType => _block is null ? KeyType : MirrorType.Text;

    /// <summary>Whether an index on the column itself, or on its lower case, serves.</summary>
    public bool IsPlain => _block is null;

    /// <summary>Whether two ids never have one key: numbers as they are. Texts are equal in NFC and NFD, uuids in any case.</summary>
    public bool IsOneToOne { get; private init; }

    /// <summary>
    /// What else holds of a row that is asked for; <see langword="null"/> for nothing. A key of signs only has an empty block,
    /// as all the empty keys of the mirror have, of which there may be millions.
    /// </summary>
    public SqlText? Besides { get; private init; }

    /// <summary>Why the mirror cannot be asked by these keys; <see langword="null"/> when it can.</summary>
    public string? Refusal { get; private init; }

    /// <exception cref="MirrorException">The column is missing or has a type that recon cannot read.</exception>
    public static KeyRule For(ValidLookup lookup, MirrorTable table, ConversionContext context)
    {
        TableColumn column = table.Find(lookup.Key) ?? throw MirrorException.MissingColumn(table, lookup.Key);
        MirrorType type = column.Type ?? throw MirrorException.UnreadableType(table, column);
        return lookup.Role == LookupRole.Fallback
            ? ForFallback(lookup, column, type, context)
            : type == MirrorType.Text && lookup.IdForm != IdForm.Exact
                ? Blocked(column, IdBlock.For(lookup.Ids is null ? lookup.IdType : IdType.Text, lookup.IdForm), KeyReaders.For(lookup, context))
                : Plain(column, type, KeyReaders.For(lookup, context), lookup.HasDecimals && type == MirrorType.Text, lookup is { IdType: IdType.Number, IdForm: IdForm.Exact });
    }

    /// <summary>The HubSpot id as a key.</summary>
    public static KeyRule ById(MirrorTable table, string id)
    {
        TableColumn column = table.Find(id) ?? throw MirrorException.MissingId(table, id);
        return Plain(column, column.Type ?? throw MirrorException.UnreadableType(table, column), (value, _) => value);
    }

    /// <summary>The array parameter for keys.</summary>
    public NpgsqlParameter Parameter(BatchKeys keys)
    {
        string[] texts = keys.ToSortedStrings();
        if (_block is not null)
        {
            texts = [.. texts.SelectMany(_block.Asked).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        else if (_withDecimals)
        {
            texts = [.. texts, .. texts.Select(text => text + ".0")];
        }
        else if (ArrayType == MirrorType.Text && !texts.All(text => Ascii.IsValid(text)))
        {
            texts = [.. texts.SelectMany(KeyBlock.Spellings)];
        }

        return KeyArray.Parameter(ArrayType, texts);
    }

    /// <summary>The key of a mirror row.</summary>
    /// <param name="value">What the mirror holds.</param>
    /// <returns>The key; empty when there is none. It does not depend on how the row was found.</returns>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        ReadOnlySpan<byte> key = value.IsEmpty ? value : _read(value, scratch);
        return _block is { Of: { } block } && !key.IsEmpty && !IsAsked(block(Encoding.UTF8.GetString(value)), key) ? default : key;
    }

    /// <summary>A text in the decomposed form.</summary>
    internal static string Decomposed(string text)
        => Encoding.UTF8.GetString(CanonicalForm.Decomposed(Encoding.UTF8.GetBytes(text), new Utf8Scratch()));

    // Where SQL and conversion disagree about a character, no strategy finds the row: else it would be found by luck.
    private bool IsAsked(string block, ReadOnlySpan<byte> key)
        => _block!.Asked(Encoding.UTF8.GetString(key)).Contains(block, StringComparer.Ordinal);

    private static KeyRule ForFallback(ValidLookup lookup, TableColumn column, MirrorType type, ConversionContext context)
    {
        MatchKeyDefinition key = lookup.On[0];
        KeyReader read = KeyReaders.For(lookup, context);
        if (key.IgnoreCase && (key.Convert.Count == 0 || !key.ConvertMirror))
        {
            SqlText lower = SqlText.Of($"lower({new SqlName(column.Name)})");
            return new KeyRule(lower, lower, MirrorType.Text, null, (value, scratch) => CanonicalForm.Uniform(value, scratch));
        }

        IReadOnlyList<ConversionDefinition> steps = FallbackKey.Steps(key);
        if (steps.Count == 0 || !key.ConvertMirror)
        {
            return Plain(column, type, read);
        }

        KeyBlock? block = KeyBlock.For(steps);
        if (type != MirrorType.Text && block != KeyBlock.PhoneNumber && block != KeyBlock.Digits)
        {
            // Numbers and uuids have one spelling.
            return Plain(column, type, read);
        }

        return block is not null ? Blocked(column, block, read) : new KeyRule(
            SqlText.Of($"{new SqlName(column.Name)}"), WantedOf(column), type, null, read)
        {
            Refusal = $"The key of lookup '{lookup.Label}' is converted by {string.Join(", ", steps.Select(step => $"\"{step.Label}\""))}, which no query can do to "
                + $"{lookup.Table}.{column.Name}. Use the strategy \"cache\", or \"convertMirror\": false where the column holds converted values already "
                + "(it may be a generated column).",
        };
    }

    private static KeyRule Plain(TableColumn column, MirrorType type, KeyReader read, bool withDecimals = false, bool isOneToOne = false)
        => new(SqlText.Of($"{new SqlName(column.Name)}"), WantedOf(column), type, null, read, withDecimals) { IsOneToOne = isOneToOne };

    private static KeyRule Blocked(TableColumn column, KeyBlock block, KeyReader read)
    {
        var name = new SqlName(column.Name);
        return new KeyRule(
            block.Sql(column.SqlType == "text" ? SqlText.Of($"{name}") : SqlText.Of($"{name}::text")), WantedOf(column), column.Type!.Value, block, read)
        {
            Besides = column.Type == MirrorType.Text ? SqlText.Of($"{name}::text <> ''") : null,
        };
    }
    // A char(n) is padded on the wire, but compared without the padding: as text it is the key that was asked for.
    private static SqlText WantedOf(TableColumn column)
    {
        var name = new SqlName(column.Name);
        bool isPadded = column.SqlType == "bpchar" || column.SqlType.StartsWith("character(", StringComparison.Ordinal);
        return isPadded ? SqlText.Of($"{name}::text") : SqlText.Of($"{name}");
    }
}

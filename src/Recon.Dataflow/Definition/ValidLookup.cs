using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Definition;

/// <summary>A lookup block of a pipeline that keeps the rules: what depends on its role or on other blocks is filled in.</summary>
internal sealed record ValidLookup
{
    private ValidLookup(LookupBlockDefinition block, string table, string key, string from, IdType idType)
    {
        (Block, Table, Key, From, IdType, Where, MergedIds) = (block, table, key, from, idType, block.Where, block.MergedIds);
    }

    public LookupBlockDefinition Block { get; }

    /// <summary>The mirror table, with its schema; a fallback's is that of the match lookup.</summary>
    public string Table { get; }

    /// <summary>The mirror column that is asked; of several keys of a fallback the first.</summary>
    public string Key { get; }

    /// <summary>The column of the file that holds what is asked for.</summary>
    public string From { get; }

    /// <summary>How ids are written in <see cref="From"/>.</summary>
    public IdType IdType { get; private init; }

    /// <summary>What was decided about a parent's ids; <see langword="null"/> where the definition says it, or nobody looked.</summary>
    public ParentIds? Ids { get; private init; }

    public string Label => Block.Label;

    public LookupRole Role => Block.Role;

    public string Id => Block.Id;

    public double Confidence => Block.Confidence;

    public IReadOnlyList<MatchKeyDefinition> On => Block.On;

    /// <summary>Its own conditions; those of the match lookup where a fallback in the same table names none.</summary>
    public IReadOnlyList<ConditionDefinition> Where { get; private init; }

    /// <summary>Whether <see cref="Where"/> is the match lookup's, because a fallback names none.</summary>
    public bool InheritsWhere => Role == LookupRole.Fallback && Block.Where.Count == 0 && Where.Count > 0;

    public LookupStrategy Strategy => Block.Strategy;

    public long CacheBytes => Block.CacheBytes;

    public long RememberBytes => Block.RememberBytes;

    public int Parallelism => Block.Parallelism;

    /// <summary>Which spellings of an id are one key.</summary>
    public IdForm IdForm { get; private init; }

    /// <summary>The mirror column with the ids of merged records; empty for none, <see langword="null"/> for the usual one.</summary>
    public string? MergedIds { get; private init; }

    /// <summary>Whether ids are looked for with a <c>.0</c> tail, too.</summary>
    public bool HasDecimals => IdForm == IdForm.Exact && Role != LookupRole.Fallback && (Block.MirrorKeys == MirrorKeys.Decimal || Ids is { HasDecimals: true }) && IdType == IdType.Number;

    /// <summary>Whether the definition leaves open how the ids of a parent are written.</summary>
    public bool HasOpenType => Role == LookupRole.Parent && Block.FromType is null;

    /// <summary>Fills in what a block leaves to its role.</summary>
    /// <param name="block">A block that keeps the rules.</param>
    /// <param name="match">The pipeline's match lookup.</param>
    /// <param name="csv">The pipeline's csv block.</param>
    public static ValidLookup Of(LookupBlockDefinition block, LookupBlockDefinition match, CsvBlockDefinition csv) => block.Role switch
    {
        LookupRole.Fallback => new ValidLookup(block, block.Table ?? Given(match.Table), block.On[0].Property, block.On[0].Column, csv.IdType)
        {
            MergedIds = (block.Table ?? match.Table) == match.Table ? match.MergedIds : null,
            Where = block.Where.Count == 0 && (block.Table ?? match.Table) == match.Table ? match.Where : block.Where,
        },
        LookupRole.Parent => new ValidLookup(block, Given(block.Table), Given(block.Key), Given(block.From), block.FromType ?? csv.IdType)
        {
            IdForm = FormOf(block, block.IdForm),
        },
        _ => new ValidLookup(block, Given(block.Table), Given(block.Key), csv.Id, csv.IdType) { IdForm = FormOf(block, csv.IdForm) },
    };

    /// <summary>The same lookup, with what was decided about its ids.</summary>
    public ValidLookup With(ParentIds ids) => this with { IdType = ids.Type, Ids = ids };

    /// <summary>Reads an id that the file holds for this lookup.</summary>
    /// <param name="why">What is wrong with it, for people; <see langword="null"/> when it is good or empty.</param>
    /// <returns>Whether there is one. Where a sample has decided, what is not a number is a text: the sample saw a part only.</returns>
    public bool TryReadId(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> id, out string? why)
        => LegacyId.TryCanonicalise(raw, IdType, out id, out why)
            || (Ids is not null && LegacyId.TryCanonicalise(raw, IdType.Text, out id, out why));

    // A form beside "mirrorKeys": both hold.
    private static IdForm FormOf(LookupBlockDefinition block, IdForm form)
        => form == IdForm.Trim && block.MirrorKeys == MirrorKeys.Decimal ? IdForm.Decimal : form;

    private static string Given(string? value)
        => value ?? throw new ArgumentException("A lookup that breaks the rules of definitions cannot be used.", nameof(value));
}

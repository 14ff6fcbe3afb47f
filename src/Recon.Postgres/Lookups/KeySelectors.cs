using Recon.Dataflow.Definition;
using Recon.Dataflow.Match;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Reconcile.Conversions;

namespace Recon.Postgres.Lookups;

/// <summary>Which row asks for which key, by role.</summary>
internal static class KeySelectors
{
    /// <summary>Every row asks for its legacy id, which the reader has made canonical.</summary>
    public static KeySelector LegacyId(int column) => (batch, keys) =>
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            keys.Ask(row, batch.Field(row, column));
        }
    };

    /// <summary>Every row asks for its parent's id; empty and malformed ids ask for nothing.</summary>
    public static KeySelector Parent(int column, IdType type) => (batch, keys) =>
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            ReadOnlySpan<byte> raw = batch.Field(row, column);
            if (!raw.IsEmpty && Dataflow.Extract.LegacyId.TryCanonicalise(raw, type, out ReadOnlySpan<byte> id, out _))
            {
                keys.Ask(row, id);
            }
        }
    };

    /// <summary>Rows that no earlier lookup found ask for their converted first key.</summary>
    public static KeySelector Fallback(
        LookupBlockDefinition lookup, ReconciliationPlan plan, ConversionContext context, int index)
    {
        MatchKeyDefinition first = lookup.On[0];
        int column = plan.Columns.Source.IndexOf(first.Column);
        ConversionChain chain = ConversionChain.Compile(FallbackKey.Steps(first), context);
        var earlier = new RecordMatcher(plan.Definition.Lookups.Take(index));
        return (batch, keys) =>
        {
            var scratch = new Utf8Scratch();
            for (int row = 0; row < batch.RowCount; row++)
            {
                ReadOnlySpan<byte> raw = batch.Field(row, column);
                if (raw.IsEmpty || earlier.Find(batch, row).Status != MatchStatus.Unmatched)
                {
                    continue;
                }

                scratch.Reset();
                ConvertedValue key = chain.Convert(raw, scratch);
                if (!key.Failed && !key.IsNull)
                {
                    keys.Ask(row, key.Text);
                }
            }
        };
    }
}

/// <summary>How a fallback key is converted.</summary>
internal static class FallbackKey
{
    /// <summary>The conversions of a key, in lower case at the end when case is ignored.</summary>
    public static IReadOnlyList<ConversionDefinition> Steps(MatchKeyDefinition key)
        => key.IgnoreCase ? [.. key.Convert, new LowerDefinition()] : key.Convert;
}

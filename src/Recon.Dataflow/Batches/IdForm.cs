using Recon.Dataflow.Text;

namespace Recon.Dataflow.Batches;

/// <summary>Which spellings of an id are one key, on both sides. Each includes those before it.</summary>
#pragma warning disable CA1720 // "decimal" is what the file says: a number with a point.
internal enum IdForm
{
    /// <summary>The id as its type has it; the mirror's as it is.</summary>
    Exact,

    /// <summary>Without white space and invisible characters around it.</summary>
    Trim,

    /// <summary>Digits without a tail of a point and zeros.</summary>
    Decimal,

    /// <summary>Digits without zeros in front.</summary>
    NoLeadingZeros,
}
#pragma warning restore CA1720

internal static class IdForms
{
    /// <summary>The key that an id is compared by. Doing it twice changes nothing more.</summary>
    /// <returns>A slice of the id; empty when there is none.</returns>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> id, IdForm form)
    {
        if (form == IdForm.Exact)
        {
            return id;
        }

        id = Utf8WhiteSpace.Trim(id);
        int other = form == IdForm.Trim ? 0 : id.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (other > 0 && id[other] == '.' && id.Length > other + 1 && !id[(other + 1)..].ContainsAnyExcept((byte)'0'))
        {
            id = id[..other];
            other = -1;
        }

        if (form != IdForm.NoLeadingZeros || other >= 0 || id.IsEmpty)
        {
            return id;
        }

        int digit = id.IndexOfAnyExcept((byte)'0');
        return digit < 0 ? id[^1..] : id[digit..];
    }
}

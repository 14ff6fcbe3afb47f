using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Cuts a value that is too long, never in the middle of a character.</summary>
internal sealed class TruncateConversion(int most) : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        // A text has at most as many UTF-16 units as UTF-8 bytes.
        if (value.Length <= most)
        {
            return ConvertedValue.Of(value);
        }

        int at = 0;
        int units = 0;
        while (at < value.Length)
        {
            int length = Runes.Length(value[at..]);
            units += length == 4 ? 2 : 1;
            if (units > most)
            {
                return ConvertedValue.Of(value[..at], ValueRemarks.Truncated);
            }

            at += length;
        }

        return ConvertedValue.Of(value);
    }
}

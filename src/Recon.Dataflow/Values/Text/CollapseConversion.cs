using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Makes every run of white space one space.</summary>
internal sealed class CollapseConversion : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        Span<byte> room = scratch.Take(value.Length);
        int used = 0;
        bool gap = false;
        while (!value.IsEmpty)
        {
            int length = value[0] < 0x80 ? 1 : Runes.Length(value);
            if (value[0] is 0x20 or (>= 0x09 and <= 0x0D) or >= 0x80 && Runes.At(value) is int rune && Utf8WhiteSpace.IsSpace(rune))
            {
                gap = true;
            }
            else if (!(value[0] >= 0x80 && Utf8WhiteSpace.IsInvisible(Runes.At(value))))
            {
                if (gap)
                {
                    room[used++] = (byte)' ';
                    gap = false;
                }

                value[..length].CopyTo(room[used..]);
                used += length;
            }

            value = value[length..];
        }

        scratch.GiveBack(room.Length - used);
        return ConvertedValue.Of(room[..used]);
    }
}

using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Keeps ASCII digits.</summary>
internal sealed class DigitsConversion : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        if (!value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return ConvertedValue.Of(value);
        }

        Span<byte> room = scratch.Take(value.Length);
        int used = 0;
        foreach (byte character in value)
        {
            if (character is >= (byte)'0' and <= (byte)'9')
            {
                room[used++] = character;
            }
        }

        scratch.GiveBack(room.Length - used);
        return ConvertedValue.Of(room[..used]);
    }
}

using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

internal sealed class PadConversion(PadDefinition definition) : IConversion
{
    private readonly byte[] _character = Encoding.UTF8.GetBytes(definition.Character);
    private readonly int _length = definition.Length;
    private readonly bool _left = definition.Side == PadSide.Left;

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        int missing = value.IsEmpty ? 0 : _length - Encoding.UTF8.GetCharCount(value);
        if (missing <= 0)
        {
            return ConvertedValue.Of(value);
        }

        Span<byte> room = scratch.Take(value.Length + (missing * _character.Length));
        value.CopyTo(room[(_left ? room.Length - value.Length : 0)..]);
        Span<byte> fill = _left ? room[..^value.Length] : room[value.Length..];
        for (; !fill.IsEmpty; fill = fill[_character.Length..])
        {
            _character.CopyTo(fill);
        }

        return ConvertedValue.Of(room);
    }
}

using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

internal sealed class SplitConversion(string separator, int part) : IConversion
{
    private readonly byte[] _separator = Encoding.UTF8.GetBytes(separator);

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        int wanted = part > 0 ? part : value.Count(_separator) + 2 + part;
        int number = 0;
        foreach (Range range in value.Split(_separator))
        {
            if (++number == wanted)
            {
                return ConvertedValue.Of(Utf8WhiteSpace.Trim(value[range]));
            }
        }

        return ConvertedValue.Of(default);
    }
}

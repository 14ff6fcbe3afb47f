using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Phone;

namespace Recon.Dataflow.Plan;

/// <summary>A property's readers by the telephone region that a column of the file tells. Thread-safe.</summary>
internal sealed class RegionReaders
{
    private const int Letters = 26;
    private readonly Utf8Map _regions;
    private readonly PropertyReader _reader;
    private readonly PropertyReader _otherwise;

    // By the two letters of the region, made when the first record of it comes.
    private readonly PropertyReader?[] _readers = new PropertyReader?[Letters * Letters];

    public RegionReaders(PhoneDefinition phone, int column, PropertyReader reader)
    {
        Column = column;
        _reader = reader;
        _otherwise = reader.In(phone.Region);
        IEnumerable<KeyValuePair<string, string>> listed = phone.Regions ?? new Dictionary<string, string>();
        _regions = new Utf8Map(PhoneRegion.All.Select(region => KeyValuePair.Create(region, region)).Concat(listed), ignoreCase: true);
    }

    /// <summary>Index of the column that tells the region.</summary>
    public int Column { get; }

    /// <param name="told">What the column holds.</param>
    public PropertyReader Of(ReadOnlySpan<byte> told, Utf8Scratch scratch)
    {
        if (!_regions.TryFind(Utf8WhiteSpace.Trim(told), scratch, out byte[]? region))
        {
            return _otherwise;
        }

        ref PropertyReader? place = ref _readers[((region[0] - 'A') * Letters) + region[1] - 'A'];
        PropertyReader? reader = Volatile.Read(ref place);
        if (reader is null)
        {
            reader = _reader.In(System.Text.Encoding.ASCII.GetString(region));
            Volatile.Write(ref place, reader);
        }

        return reader;
    }
}

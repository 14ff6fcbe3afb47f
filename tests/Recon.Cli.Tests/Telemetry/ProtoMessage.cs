using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Recon.Cli.Tests.Telemetry;

/// <summary>A message in Protocol Buffers' wire format, read field by field without its schema.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            ulong tag = Varint(ref bytes);
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span), bytes[..8]));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)Varint(ref bytes);
                    _fields.Add((field, 0, bytes[..length]));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span), bytes[..4]));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }
    }

    public bool Has(int field) => _fields.Any(each => each.Field == field);

    public IEnumerable<ProtoMessage> Messages(int field) => _fields.Where(each => each.Field == field).Select(each => new ProtoMessage(each.Bytes));

    public ProtoMessage? Message(int field) => Messages(field).FirstOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexString(Bytes(field).Span);

    public ulong Number(int field) => _fields.FirstOrDefault(each => each.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    /// <summary>Repeated <c>KeyValue</c>s, with their values as text.</summary>
    public SortedDictionary<string, string> Attributes(int field)
        => new(Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)!)), StringComparer.Ordinal);

    /// <summary>An <c>AnyValue</c> as text.</summary>
    public static string Value(ProtoMessage any)
        => any.Has(1) ? any.Text(1)
        : any.Has(2) ? (any.Number(2) != 0 ? "true" : "false")
        : any.Has(3) ? ((long)any.Number(3)).ToString(CultureInfo.InvariantCulture)
        : any.Has(4) ? any.Double(4).ToString(CultureInfo.InvariantCulture)
        : any.Has(5) ? string.Join(' ', any.Message(5)!.Messages(1).Select(Value))
        : "";

    private ReadOnlyMemory<byte> Bytes(int field) => _fields.FirstOrDefault(each => each.Field == field).Bytes;

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes.Span[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}

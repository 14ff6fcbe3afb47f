using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Batches;

public sealed class MirrorTextTests
{
    [Theory]
    [InlineData(MirrorType.Text, "C3A92061", "é a")]
    [InlineData(MirrorType.Int2, "FFFE", "-2")]
    [InlineData(MirrorType.Int4, "7FFFFFFF", "2147483647")]
    [InlineData(MirrorType.Int8, "8000000000000000", "-9223372036854775808")]
    [InlineData(MirrorType.Numeric, "0000000000000000", "0")]
    [InlineData(MirrorType.Numeric, "0000000000000002", "0")]
    [InlineData(MirrorType.Numeric, "0001000000000002 0011", "17")]
    [InlineData(MirrorType.Numeric, "0002000000000002 041E 1388", "1054.5")]
    [InlineData(MirrorType.Numeric, "0001FFFF40000004 0005", "-0.0005")]
    [InlineData(MirrorType.Numeric, "0001FFFE00000008 0001", "0.00000001")]
    [InlineData(MirrorType.Numeric, "0001000200000000 0003", "300000000")]
    [InlineData(MirrorType.Numeric, "00000000C0000000", "NaN")]
    [InlineData(MirrorType.Numeric, "00000000D0000020", "Infinity")]
    [InlineData(MirrorType.Numeric, "00000000F0000020", "-Infinity")]
    [InlineData(MirrorType.Float4, "3DCCCCCD", "0.1")]
    [InlineData(MirrorType.Float8, "3FB999999999999A", "0.1")]
    [InlineData(MirrorType.Float8, "8000000000000000", "0")]
    [InlineData(MirrorType.Float8, "4415AF1D78B58C40", "100000000000000000000")]
    [InlineData(MirrorType.Float8, "7FF0000000000000", "Infinity")]
    [InlineData(MirrorType.Float8, "7FF8000000000000", "NaN")]
    [InlineData(MirrorType.Boolean, "01", "true")]
    [InlineData(MirrorType.Boolean, "00", "false")]
    [InlineData(MirrorType.Date, "00000000", "2000-01-01")]
    [InlineData(MirrorType.Date, "FFFFFFFF", "1999-12-31")]
    [InlineData(MirrorType.Date, "7FFFFFFF", "infinity")]
    [InlineData(MirrorType.Date, "70000000", "out of range")]
    [InlineData(MirrorType.Timestamp, "0000000000000000", "2000-01-01T00:00:00Z")]
    [InlineData(MirrorType.TimestampTz, "FFFFFFFFFFFFFFFF", "1999-12-31T23:59:59.999Z")]
    [InlineData(MirrorType.TimestampTz, "00000000000003E8", "2000-01-01T00:00:00.001Z")]
    [InlineData(MirrorType.TimestampTz, "8000000000000000", "-infinity")]
    [InlineData(MirrorType.Json, "22C3A922", "é")]
    [InlineData(MirrorType.Jsonb, "01 22615C6E625C753030653922", "a\nbé")]
    [InlineData(MirrorType.Jsonb, "01 6E756C6C", "")]
    [InlineData(MirrorType.Jsonb, "01 31372E30", "17.0")]
    [InlineData(MirrorType.Jsonb, "01 5B312C20325D", "[1, 2]")]
    [InlineData(MirrorType.Json, "20 2261 22 0A", "a")]
    [InlineData(MirrorType.Json, "225C756438303022", "\"\\ud800\"")]
    [InlineData(MirrorType.Uuid, "00112233445566778899AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData(MirrorType.Int4, "", "")]
    [InlineData(MirrorType.Numeric, "", "")]
    public void Read_KnownEncoding_IsCanonicalText(object type, string hex, string expected)
        => Assert.Equal(expected, Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), (MirrorType)type));

    [Fact]
    public void Read_AnyNumeric_IsItsPlainDigits()
        => Gen.Select(Gen.Decimal, Gen.Int[0, 12]).Sample((number, zeros) =>
        {
            string text = number.ToString(CultureInfo.InvariantCulture);
            string plain = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
            Assert.Equal(plain is "-0" ? "0" : plain, Read(Numeric(number, zeros), MirrorType.Numeric));
        });

    [Fact]
    public void Read_AnyTimestamp_IsTheSameInstant()
        => Gen.DateTime.Sample(time =>
        {
            // PostgreSQL holds whole microseconds; cutting after the subtraction would round times before 2000 up.
            DateTime instant = new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
            byte[] raw = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(raw, (instant.Ticks - new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks) / TimeSpan.TicksPerMicrosecond);
            string format = instant.Millisecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffZ";
            Assert.Equal(instant.ToString(format, CultureInfo.InvariantCulture), Read(raw, MirrorType.TimestampTz));
        });

    [Fact]
    public void Read_AnyDouble_RoundTripsWithoutExponent()
        => Gen.Double.Where(double.IsFinite).Sample(number =>
        {
            byte[] raw = new byte[8];
            BinaryPrimitives.WriteDoubleBigEndian(raw, number);
            string text = Read(raw, MirrorType.Float8);
            Assert.DoesNotContain("E", text, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(number, double.Parse(text, CultureInfo.InvariantCulture));
        });

    [Fact]
    public void Read_RandomBytes_NeverThrows()
        => Gen.Select(Gen.Byte.Array[0, 40], Gen.Enum<MirrorType>()).Sample((raw, type) => { _ = Read(raw, type); }, iter: 20_000);

    private static string Read(byte[] raw, MirrorType type) => Encoding.UTF8.GetString(MirrorText.Read(raw, type, new Utf8Scratch()));

    /// <summary>Encodes like PostgreSQL's numeric_send, with leading and trailing zero groups stripped, and zeros of scale.</summary>
    private static byte[] Numeric(decimal number, int zeros)
    {
        int scale = number.Scale;
        int[] bits = decimal.GetBits(number);
        BigInteger unscaled = (new BigInteger((uint)bits[2]) << 64) + (new BigInteger((uint)bits[1]) << 32) + (uint)bits[0];
        int padding = (4 - (scale % 4)) % 4;
        unscaled *= BigInteger.Pow(10, padding);
        List<ushort> groups = [];
        for (BigInteger rest = unscaled; rest > 0; rest /= 10_000)
        {
            groups.Insert(0, (ushort)(int)(rest % 10_000));
        }

        int weight = groups.Count - 1 - ((scale + padding) / 4);
        while (groups.Count > 0 && groups[^1] == 0)
        {
            groups.RemoveAt(groups.Count - 1);
        }

        byte[] raw = new byte[8 + (groups.Count * 2)];
        BinaryPrimitives.WriteUInt16BigEndian(raw, (ushort)groups.Count);
        BinaryPrimitives.WriteInt16BigEndian(raw.AsSpan(2), (short)(groups.Count == 0 ? 0 : weight));
        BinaryPrimitives.WriteUInt16BigEndian(raw.AsSpan(4), number < 0 ? (ushort)0x4000 : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(raw.AsSpan(6), (ushort)(scale + zeros));
        for (int at = 0; at < groups.Count; at++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(raw.AsSpan(8 + (at * 2)), groups[at]);
        }

        return raw;
    }
}

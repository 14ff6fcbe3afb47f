using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Wire;

public sealed class PostgresBinaryTests
{
    private static readonly Gen<string> s_digits = Gen.Char['0', '9'].Array[0, 40].Select(digits => new string(digits));

    [Fact]
    public void WriteNumeric_AnyDecimal_IsWhatAnIndependentDecoderReads()
        => Gen.Select(Gen.Int[0, 2].Select(sign => sign switch { 1 => "-", 2 => "+", _ => "" }), s_digits, Gen.Bool, s_digits).Where((_, whole, _, _) => whole.Length > 0)
            .Sample((sign, whole, point, fraction) =>
            {
                string text = sign + whole + (point ? "." + fraction : "");

                string expected = whole.TrimStart('0') is { Length: > 0 } digits ? digits : "0";
                expected += point && fraction.Length > 0 ? "." + fraction : "";
                bool zero = expected.All(character => character is '0' or '.');
                Assert.Equal(sign == "-" && !zero ? "-" + expected : expected, DecodedTuple.Numeric(Encode(PostgresBinary.WriteNumeric, text)));
            });

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("--5")]
    [InlineData("+-5")]
    [InlineData("5-")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("1e5")]
    [InlineData(" 5")]
    [InlineData("NaN")]
    [InlineData("٣")]
    public void WriteNumeric_NotADecimal_IsNull(string text) => Assert.Null(Encode(PostgresBinary.WriteNumeric, text));

    [Theory]
    [InlineData("10000", new byte[] { 0, 1, 0, 1, 0, 0, 0, 0, 0, 1 })]
    [InlineData("-1.5", new byte[] { 0, 2, 0, 0, 0x40, 0, 0, 1, 0, 1, 0x13, 0x88 })]
    [InlineData("0.0001", new byte[] { 0, 1, 0xFF, 0xFF, 0, 0, 0, 4, 0, 1 })]
    [InlineData("0", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void WriteNumeric_KnownNumbers_AreThePostgresBytes(string text, byte[] bytes)
        => Assert.Equal(bytes, Encode(PostgresBinary.WriteNumeric, text));

    [Fact]
    public void WriteNumeric_MoreDigitsThanFit_IsNullInsteadOfAnotherNumber()
    {
        Assert.NotNull(Encode(PostgresBinary.WriteNumeric, new string('9', 128)));
        Assert.Null(Encode(PostgresBinary.WriteNumeric, new string('9', 129)));
    }

    [Fact]
    public void WriteBigint_AnyInteger_IsItsEightBytes()
        => Gen.Long.Sample(value => Assert.Equal(
            value,
            BinaryPrimitives.ReadInt64BigEndian(Encode(PostgresBinary.WriteBigint, value.ToString(CultureInfo.InvariantCulture)))));

    [Theory]
    [InlineData("")]
    [InlineData("1.0")]
    [InlineData("9223372036854775808")]
    [InlineData("12x")]
    public void WriteBigint_NotABigint_IsNull(string text) => Assert.Null(Encode(PostgresBinary.WriteBigint, text));

    [Fact]
    public void WriteTimestampTz_AnyCanonicalInstant_IsItsMicroseconds()
        => Gen.Long[DateTime.MinValue.Ticks / 10_000, DateTime.MaxValue.Ticks / 10_000].Sample(milliseconds =>
        {
            DateTime instant = new(milliseconds * 10_000, DateTimeKind.Utc);
            string text = instant.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

            long microseconds = BinaryPrimitives.ReadInt64BigEndian(Encode(PostgresBinary.WriteTimestampTz, text));

            Assert.Equal(instant, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(microseconds * TimeSpan.TicksPerMicrosecond));
        });

    [Theory]
    [InlineData("2000-01-01T00:00:00Z", 0)]
    [InlineData("2000-01-02", 86_400_000_000)]
    [InlineData("1999-12-31T23:59:59.999Z", -1_000)]
    public void WriteTimestampTz_KnownInstants_CountFromTheYear2000(string text, long microseconds)
        => Assert.Equal(microseconds, BinaryPrimitives.ReadInt64BigEndian(Encode(PostgresBinary.WriteTimestampTz, text)));

    [Theory]
    [InlineData("")]
    [InlineData("2023-02-29")]
    [InlineData("2023-13-01")]
    [InlineData("0000-01-01")]
    [InlineData("2023-01-01 00:00:00")]
    [InlineData("2023-01-01T00:00:00")]
    [InlineData("2023-01-01T24:00:00Z")]
    [InlineData("2023-01-01T00:00:00+01:00")]
    [InlineData("2023-01-01T00:00:00.12Z")]
    [InlineData("2023/1/1T00:00:00.1Z")]
    [InlineData("2023-1-1 0:00")]
    [InlineData("out of range")]
    public void WriteTimestampTz_NotACanonicalInstant_IsNull(string text)
        => Assert.Null(Encode(PostgresBinary.WriteTimestampTz, text));

    private delegate void Writer(BinaryCopyBuffer to, ReadOnlySpan<byte> text);

    private static byte[]? Encode(Writer write, string text)
    {
        using BinaryCopyBuffer buffer = new(1, 16);
        buffer.BeginTuple(1);
        write(buffer, Encoding.UTF8.GetBytes(text));
        buffer.EndTuple(0);
        return DecodedTuple.Read(buffer, 0).Single().Fields.Single();
    }
}

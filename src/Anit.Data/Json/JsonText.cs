using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Anit.Data.Json;

/// <summary>JSON as bytes, written exactly as JavaScript's JSON.stringify would: only what must be escaped is.</summary>
static class JsonText
{
    static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    public static void String(ByteBuffer to, string text) => String(to, Encoding.UTF8.GetBytes(text));

    /// <summary>A quoted string; bytes that are not UTF-8 become <c>{"$b64":"…"}</c>.</summary>
    public static void String(ByteBuffer to, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            to.Append("{\"$b64\":"u8);
            Base64Text(to, utf8);
            to.Append((byte)'}');
            return;
        }
        to.Append((byte)'"');
        for (int at; (at = utf8.IndexOfAny(Escaped)) >= 0; utf8 = utf8[(at + 1)..])
        {
            to.Append(utf8[..at]);
            Escape(to, utf8[at]);
        }
        to.Append(utf8);
        to.Append((byte)'"');
    }

    public static void Base64Text(ByteBuffer to, ReadOnlySpan<byte> bytes)
    {
        to.Append((byte)'"');
        Base64.EncodeToUtf8(bytes, to.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        to.Advance(written);
        to.Append((byte)'"');
    }

    public static void Number<T>(ByteBuffer to, T value) where T : IUtf8SpanFormattable
    {
        value.TryFormat(to.Reserve(64), out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        to.Advance(written);
    }

    /// <summary>The shortest digits that read back as the same double: 1.0, 0.1, 1e+21; "NaN" and infinities are strings.</summary>
    public static void Double(ByteBuffer to, double value)
    {
        if (double.IsNaN(value)) to.Append("\"NaN\""u8);
        else if (double.IsInfinity(value)) to.Append(value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
        else if (value == 0) to.Append(double.IsNegative(value) ? "-0.0"u8 : "0.0"u8);
        else if (double.IsInteger(value) && Math.Abs(value) < 1e15)
        {
            Number(to, (long)value);
            to.Append(".0"u8);
        }
        else Shortest(to, value);
    }

    /// <summary>Lays digits out as JavaScript does: plain from 1e-6 up to 1e21, else with an exponent.</summary>
    static void Shortest(ByteBuffer to, double value)
    {
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[24];
        var (count, point, exponent, seenPoint) = (0, 0, 0, false);
        for (var i = 0; i < length; i++)
        {
            var c = text[i];
            if (c == '-') to.Append(c);
            else if (c == '.') seenPoint = true;
            else if (c == 'E')
            {
                exponent = int.Parse(text[(i + 1)..length], System.Globalization.CultureInfo.InvariantCulture);
                break;
            }
            else
            {
                if (count > 0 || c != '0') digits[count++] = c;
                else if (seenPoint) point--;
                if (!seenPoint && count > 0) point++;
            }
        }
        point += exponent; // value = 0.digits × 10^point
        while (count > 1 && digits[count - 1] == '0') count--;
        Lay(to, digits[..count], point);
    }

    static void Lay(ByteBuffer to, ReadOnlySpan<byte> digits, int point)
    {
        if (point is > -6 and <= 0)
        {
            to.Append("0."u8);
            for (var i = point; i < 0; i++) to.Append((byte)'0');
            to.Append(digits);
        }
        else if (point is > 0 and <= 21)
        {
            to.Append(digits[..Math.Min(point, digits.Length)]);
            for (var i = digits.Length; i < point; i++) to.Append((byte)'0');
            if (digits.Length <= point) return;
            to.Append((byte)'.');
            to.Append(digits[point..]);
        }
        else
        {
            to.Append(digits[0]);
            if (digits.Length > 1)
            {
                to.Append((byte)'.');
                to.Append(digits[1..]);
            }
            to.Append(point > 0 ? "e+"u8 : "e-"u8);
            Number(to, Math.Abs(point - 1));
        }
    }

    static void Escape(ByteBuffer to, byte c)
    {
        to.Append((byte)'\\');
        switch (c)
        {
            case (byte)'"' or (byte)'\\': to.Append(c); break;
            case (byte)'\b': to.Append((byte)'b'); break;
            case (byte)'\t': to.Append((byte)'t'); break;
            case (byte)'\n': to.Append((byte)'n'); break;
            case (byte)'\f': to.Append((byte)'f'); break;
            case (byte)'\r': to.Append((byte)'r'); break;
            default:
                to.Append("u00"u8);
                to.Append((byte)('0' + (c >> 4)));
                to.Append((byte)"0123456789abcdef"[c & 15]);
                break;
        }
    }
}

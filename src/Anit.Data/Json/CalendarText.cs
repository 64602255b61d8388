namespace Anit.Data.Json;

/// <summary>Dates and times as ISO 8601 text, over the whole range that files hold.</summary>
static class CalendarText
{
    public static long TicksPerSecond(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1,
        TimeUnit.Millisecond => 1_000,
        TimeUnit.Microsecond => 1_000_000,
        _ => 1_000_000_000,
    };

    /// <summary>Days since 1970 as YYYY-MM-DD, proleptic Gregorian; years outside 0 to 9999 as ±YYYYYY.</summary>
    /// <remarks>Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.</remarks>
    public static void Date(ByteBuffer to, Int128 days)
    {
        var z = days + 719_468;
        var era = FloorDivide(z, 146_097);
        var dayOfEra = (long)(z - era * 146_097);
        var yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var shiftedMonth = (5 * dayOfYear + 2) / 153;
        var day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        var month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        var year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);

        if (year >= 0 && year <= 9_999) Padded(to, (long)year, 4);
        else
        {
            to.Append((byte)(year < 0 ? '-' : '+'));
            Padded(to, (long)Int128.Abs(year), 6);
        }
        to.Append((byte)'-');
        Padded(to, month, 2);
        to.Append((byte)'-');
        Padded(to, day, 2);
    }

    /// <summary>HH:MM:SS with 0, 3, 6 or 9 decimals by unit.</summary>
    public static void Time(ByteBuffer to, long ticks, TimeUnit unit)
    {
        var (seconds, rest) = Math.DivRem(ticks, TicksPerSecond(unit));
        Padded(to, seconds / 3_600, 2);
        to.Append((byte)':');
        Padded(to, seconds / 60 % 60, 2);
        to.Append((byte)':');
        Padded(to, seconds % 60, 2);
        if (unit == TimeUnit.Second) return;
        to.Append((byte)'.');
        Padded(to, rest, (int)unit * 3);
    }

    /// <summary>Date, T and time; Z for instants.</summary>
    public static void Timestamp(ByteBuffer to, Int128 ticks, TimeUnit unit, bool instant)
    {
        Int128 perDay = 86_400 * TicksPerSecond(unit);
        var days = FloorDivide(ticks, perDay);
        Date(to, days);
        to.Append((byte)'T');
        Time(to, (long)(ticks - days * perDay), unit);
        if (instant) to.Append((byte)'Z');
    }

    static Int128 FloorDivide(Int128 a, Int128 b)
    {
        var (quotient, rest) = Int128.DivRem(a, b);
        return rest < 0 ? quotient - 1 : quotient;
    }

    static void Padded(ByteBuffer to, long value, int digits)
    {
        var start = to.Length;
        JsonText.Number(to, value);
        var missing = digits - (to.Length - start);
        if (missing <= 0) return;
        to.Reserve(missing);
        to.Advance(missing);
        var text = to.WrittenSpan[start..];
        text[..^missing].CopyTo(text[missing..]);
        text[..missing].Fill((byte)'0');
    }
}

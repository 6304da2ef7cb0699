using System.Numerics;

namespace Loopai.Core.Schemas.Values;

/// <summary>
/// Says whether a number is a multiple of this one, exactly. With both as digits times a power of ten, digits(a)·10^k must be
/// divisible by digits(b), k the difference of the powers; for k below zero it never is, as digits(a) does not end in a zero.
/// 1e308 is no multiple of 0.123456789: 10^317 is not divisible by 123456789.
/// </summary>
internal sealed class Divisor
{
    private readonly long _power;
    private readonly ulong _small;
    private readonly BigInteger _large;

    public Divisor(JsonNumber number)
    {
        _power = number.LastPower;
        foreach (var digit in number.Digits)
        {
            _large = (_large * 10) + digit;
        }

        _small = _large <= ulong.MaxValue ? (ulong)_large : 0;
    }

    public bool Divides(JsonNumber number)
    {
        if (number.IsZero)
        {
            return true;
        }

        var shift = number.LastPower - _power;
        if (shift < 0)
        {
            return false;
        }

        return _small != 0 ? DividesSmall(number, (ulong)shift) : DividesLarge(number, shift);
    }

    private bool DividesSmall(JsonNumber number, ulong shift)
    {
        UInt128 remainder = 0;
        foreach (var digit in number.Digits)
        {
            remainder = ((remainder * 10) + (uint)digit) % _small;
        }

        UInt128 power = 10 % _small;
        for (; shift > 0 && remainder != 0; shift >>= 1)
        {
            if ((shift & 1) == 1)
            {
                remainder = remainder * power % _small;
            }

            power = power * power % _small;
        }

        return remainder == 0;
    }

    private bool DividesLarge(JsonNumber number, long shift)
    {
        var remainder = BigInteger.Zero;
        foreach (var digit in number.Digits)
        {
            remainder = ((remainder * 10) + digit) % _large;
        }

        return (remainder * BigInteger.ModPow(10, shift, _large) % _large).IsZero;
    }
}

/* One REML, or one DerSimonian and Laird, after the other: what a loop in C takes, as a floor.
   REML takes Newton's steps on T1 / R2 from Hedges' estimate, kept between brackets; it proves nothing. */
#include <math.h>

static double reml(const double *y, const double *v, long k, double *mu, double *se) {
    double sv = 0, sy = 0, syy = 0, floor = v[0];
    for (long i = 0; i < k; i++) {
        sv += v[i]; sy += y[i]; syy += y[i] * y[i];
        if (v[i] < floor) floor = v[i];
    }
    double mean = sv / k, t = (syy - sy * sy / k) / (k - 1) - mean, low = 0, high = INFINITY, s1, a1;
    if (t < 0) t = 0;
    for (int n = 0; n < 100; n++) {
        double s2 = 0, s3 = 0, a2 = 0, a3 = 0, b2 = 0, b3 = 0;
        s1 = a1 = 0;
        for (long i = 0; i < k; i++) {
            double w = 1 / (v[i] + t), wy = w * y[i], w2 = w * w, w2y = w * wy;
            s1 += w; s2 += w2; s3 += w2 * w;
            a1 += wy; a2 += w2y; a3 += w2y * w;
            b2 += wy * wy; b3 += w2y * wy;
        }
        double m = a1 / s1, c = a2 - m * s2, r2 = b2 - 2 * m * a2 + m * m * s2;
        double r3 = b3 - 2 * m * a3 + m * m * s3 - c * c / s1;
        double t1 = s1 - s2 / s1, t2 = s2 - 2 * s3 / s1 + s2 / s1 * s2 / s1, score = r2 - t1;
        if (t == 0 && score <= 0) break;
        if (score > 0) low = t; else high = t;
        double bend = 2 * t1 * r3 - t2 * r2, step = bend > 0 ? score * r2 / bend : INFINITY;
        double next = fmin(t + step, 4 * (t + mean));
        if (next <= 0 && low == 0) next = 0;
        else if (!(low < next && next < high)) next = high < INFINITY ? (low + high) / 2 : 4 * (t + mean);
        int small = fabs(next - t) <= 1e-10 * (t + floor);
        t = next;
        if (small) break;
    }
    *mu = a1 / s1; *se = sqrt(1 / s1);
    return t;
}

static double dl(const double *y, const double *v, long k, double *mu, double *se) {
    double s1 = 0, s2 = 0, a1 = 0, b1 = 0, t;
    for (long i = 0; i < k; i++) {
        double w = 1 / v[i], wy = w * y[i];
        s1 += w; s2 += w * w; a1 += wy; b1 += wy * y[i];
    }
    t = (b1 - a1 * a1 / s1 - (k - 1)) / (s1 - s2 / s1);
    if (t < 0) t = 0;
    s1 = a1 = 0;
    for (long i = 0; i < k; i++) {
        double w = 1 / (v[i] + t);
        s1 += w; a1 += w * y[i];
    }
    *mu = a1 / s1; *se = sqrt(1 / s1);
    return t;
}

void all_reml(const double *y, const double *v, const long *k, long n, double *t, double *mu, double *se) {
    for (long j = 0; j < n; y += k[j], v += k[j], j++) t[j] = reml(y, v, k[j], mu + j, se + j);
}

void all_dl(const double *y, const double *v, const long *k, long n, double *t, double *mu, double *se) {
    for (long j = 0; j < n; y += k[j], v += k[j], j++) t[j] = dl(y, v, k[j], mu + j, se + j);
}

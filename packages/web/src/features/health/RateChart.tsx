import { count } from '../../format/number.ts'
import { useStore } from '../../store/index.ts'

const WIDTH = 720
const HEIGHT = 72

/** Packets a second over the last minutes; a red tick where packets were lost. */
export function RateChart() {
  const rates = useStore((state) => state.rates)
  if (rates.length < 3) return <p className="dim">The chart of packets a second begins after three seconds.</p>
  const most = Math.max(1, ...rates.map(({ packetsPerSecond }) => packetsPerSecond))
  const x = (index: number) => (index / (rates.length - 1)) * WIDTH
  const y = (rate: number) => HEIGHT - 2 - (rate / most) * (HEIGHT - 8)
  const line = rates.map(({ packetsPerSecond }, index) => `${x(index).toFixed(1)} ${y(packetsPerSecond).toFixed(1)}`).join('L')
  return (
    <figure className="card rate-chart">
      <figcaption className="dim small">
        Packets a second, the last {rates.length} seconds; at most {count(Math.round(most))}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`At most ${Math.round(most)} packets a second`}
      >
        <path d={`M0 ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}z`} fill="var(--track)" />
        <path d={`M${line}`} fill="none" stroke="var(--dim)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
        {rates.map(({ lost }, index) =>
          lost > (rates[index - 1]?.lost ?? lost) ? (
            <path key={index} d={`M${x(index)} 0v${HEIGHT}`} stroke="var(--inv)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
          ) : null,
        )}
      </svg>
    </figure>
  )
}

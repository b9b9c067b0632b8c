import {
  ChartColumn,
  CircleDollarSign,
  Database,
  Gauge,
  Inbox,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  SquareStack,
  Star,
  Users,
} from 'lucide-react';

/** A page of the navigation and of the command palette. */
interface NavigationPage {
  readonly path:
    | '/'
    | '/spans'
    | '/sessions'
    | '/users'
    | '/scores'
    | '/dashboards'
    | '/prices'
    | '/sql'
    | '/client-metrics'
    | '/problems';
  readonly label: string;
  readonly icon: LucideIcon;
}

/** In the order in which the navigation shows them. */
export const PAGES: readonly NavigationPage[] = [
  { path: '/', label: 'Traces', icon: ListTree },
  { path: '/spans', label: 'Spans', icon: SquareStack },
  { path: '/sessions', label: 'Sessions', icon: MessagesSquare },
  { path: '/users', label: 'Users', icon: Users },
  { path: '/scores', label: 'Scores', icon: Star },
  { path: '/dashboards', label: 'Dashboards', icon: ChartColumn },
  { path: '/prices', label: 'Prices', icon: CircleDollarSign },
  { path: '/sql', label: 'SQL', icon: Database },
  { path: '/client-metrics', label: 'Client metrics', icon: Gauge },
  { path: '/problems', label: 'Data problems', icon: Inbox },
];
